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
# What is compiled below knows its sources by their times, and an image that is pulled keeps whole seconds only.
RUN pip install --no-deps --no-build-isolation --no-compile . \
    && cd "$(python -c 'import sysconfig; print(sysconfig.get_path("purelib"))')" \
    && find solver service api -exec touch -d 2000-01-01T00:00:00Z {} + \
    && python -m compileall -q solver service api \
    && useradd --create-home --uid 10001 kring \
    && install -d -o kring -g kring /opt/kring/kernels /home/kring/data

COPY --chmod=755 container/start /usr/local/bin/start
ENV KRING_KERNELS=/opt/kring/kernels
USER 10001
WORKDIR /home/kring
# Compiles the search once, so that a container answers as soon as it starts. On a processor of another kind than the one
# that made the image it is compiled anew, beside the first answers.
RUN NUMBA_CACHE_DIR=$KRING_KERNELS python -c "from api.warm import warm_up; warm_up()"

# The embedded database: mount a volume here to keep it. Nothing else is written, but under /tmp:
# docker run --read-only --tmpfs /tmp -v kring:/home/kring/data -p 8000:8000 kring
ENV KRING_DATA=/home/kring/data NUMBA_CACHE_DIR=/tmp/kring-kernels
VOLUME /home/kring/data

EXPOSE 8000
HEALTHCHECK --interval=30s --timeout=3s --start-period=20s \
    CMD ["python", "-c", "import urllib.request as r; r.urlopen('http://127.0.0.1:8000/health', timeout=2)"]
ENTRYPOINT ["start"]
CMD ["kring", "serve", "--host", "0.0.0.0"]
