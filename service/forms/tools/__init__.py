"""The form tools that Kring reads, by name."""

from collections.abc import Mapping

from service.forms.tools.formbricks import FORMBRICKS
from service.forms.tools.google_forms import GOOGLE_FORMS
from service.forms.tools.gravity_forms import GRAVITY_FORMS
from service.forms.tools.jotform import JOTFORM
from service.forms.tools.limesurvey import LIMESURVEY
from service.forms.tools.plain import PLAIN
from service.forms.tools.tally import TALLY
from service.forms.tools.tool import Tool
from service.forms.tools.typeform import TYPEFORM

TOOLS: Mapping[str, Tool] = {
    tool.name: tool for tool in (TYPEFORM, TALLY, JOTFORM, FORMBRICKS, LIMESURVEY, GOOGLE_FORMS, GRAVITY_FORMS, PLAIN)
}

__all__ = ["TOOLS", "Tool"]
