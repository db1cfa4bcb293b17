import subprocess

import sqlalchemy as sa

from backend.notices.models import NoticeRule
from backend.templates.models import MessageTemplate
from tools.paths import ROOT, VENV_PYTHON


def test_a_new_shop_starts_with_its_texts_and_sends_none_by_itself(session, environment):
    command = [VENV_PYTHON, "-m", "backend.cli", "create-owner", "--location", "Main Street", "--name", "Olivia Park"]
    command += ["--timezone", "America/Chicago", "--password", "seven lively wrenches"]

    for email in ("olivia@keytag.test", "paul@keytag.test"):
        done = subprocess.run(
            [*command, "--email", email], cwd=ROOT, env=environment, capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr

    loudness = session.scalars(sa.select(NoticeRule.loudness).order_by(NoticeRule.trigger)).all()
    assert sorted(loudness) == ["ask"] * 2 + ["quiet"] * 7
    assert session.scalar(sa.select(sa.func.count()).select_from(MessageTemplate)) == 21
