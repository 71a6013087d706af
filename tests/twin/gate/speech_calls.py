"""Cloud Text-to-Speech. It checks permissions only for long audio, which Stoker does not use. The API must be enabled.

Source: https://cloud.google.com/text-to-speech/docs/access-control
"""

from twin.gate.http_calls import Answer, Call, answered, denied
from unit.speech.engines.google_stub import VOICES, synthesized

DISABLED = (
    "Cloud Text-to-Speech API has not been used in project {project} before or it is disabled. Enable it by visiting "
    "https://console.developers.google.com/apis/api/texttospeech.googleapis.com/overview?project={project} then retry."
)


class Speech:
    """The service.

    Args:
        project: The project's id.

    Attributes:
        enabled: Whether the API is enabled.
    """

    def __init__(self, project: str) -> None:
        self.enabled = True
        self._project = project

    def __call__(self, call: Call) -> Answer | None:
        """Answer a call."""
        match call.method, call.target:
            case "GET", "/v1/voices":
                answer = answered({"voices": VOICES})
            case "POST", "/v1beta1/text:synthesize":
                answer = Answer(200, synthesized(call.json()), {"Content-Type": "application/json"})
            case _:
                return None
        return answer if self.enabled else denied(DISABLED.format(project=self._project))
