FROM node:24-slim AS scripts
# What the pages use in a browser; every page works without it, too.
COPY api/pages/npm/package.json api/pages/npm/package-lock.json ./
RUN npm ci --omit=dev --ignore-scripts --no-audit --no-fund

FROM python:3.11-slim

# Nothing is compiled by the image's own compiler: every requirement comes as a wheel.
ENV PYTHONDONTWRITEBYTECODE=1 PYTHONUNBUFFERED=1 PIP_NO_CACHE_DIR=1 PIP_DISABLE_PIP_VERSION_CHECK=1

WORKDIR /opt/kring
COPY requirements requirements
RUN pip install --only-binary :all: -r requirements/locked.txt -r requirements/build.txt

COPY pyproject.toml README.md LICENSE NOTICE ./
COPY solver solver
COPY service service
COPY api api
COPY fixtures/technical-services fixtures/technical-services
COPY --from=scripts node_modules/htmx.org/dist/htmx.min.js node_modules/sortablejs/Sortable.min.js api/static/vendor/
RUN pip install --no-deps --no-build-isolation . \
    && useradd --create-home --uid 10001 kring

USER kring
WORKDIR /home/kring
# Compiles the search once, into the user's cache, so that a container answers as soon as it starts.
RUN python -c "from api.warm import warm_up; warm_up()"

# The embedded database; mount a volume here to keep it. With a read-only file system the cache above cannot be used:
# `--tmpfs /tmp -e NUMBA_CACHE_DIR=/tmp/kernels` compiles the search anew at every start, beside the first answers.
RUN mkdir data
ENV KRING_DATA=/home/kring/data
VOLUME /home/kring/data

EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/health', timeout=2)"]
CMD ["kring", "serve", "--host", "0.0.0.0"]
