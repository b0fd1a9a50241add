"""GET /feedback/sound/{task}/{place}: a sound of a task, for whoever was told the task's id."""

from typing import Annotated

from fastapi import APIRouter, Path
from starlette.responses import Response

from inzwa.server.http.access import ForUser

router = APIRouter(include_in_schema=False)


@router.get("/feedback/sound/{task}/{place}")
async def task_sound(
    app_state: ForUser,
    task: Annotated[str, Path(pattern="^[0-9a-f]{32}$")],
    place: Annotated[str, Path(pattern="^[ab]$")],
) -> Response:
    """The FLAC file. Neither its name nor its headers tell which sound it is."""
    sound = await app_state.tasks.sound(task, place)
    return Response(sound, media_type="audio/flac", headers={"Cache-Control": "private, no-store"})
