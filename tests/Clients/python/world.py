"""A gateway with data of its own and the scripted model behind it."""

import json
import os
import signal
import socket
import subprocess
import tempfile
import time
import urllib.request
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
GATEWAY = os.environ.get("GATEWAY", str(REPOSITORY / "artifacts/gateway/sandbox-gateway"))
AGENT = os.environ.get("AGENT", str(REPOSITORY / "artifacts/agent/sandbox-agent"))
UPSTREAM = REPOSITORY / "artifacts/scripted-upstream/SandboxOperator.ScriptedUpstream"


class World:
    def __init__(self):
        self._data = tempfile.TemporaryDirectory(prefix="sandbox-clients-")
        self._sandboxes = tempfile.TemporaryDirectory(prefix="sandbox-clients-")
        # Sandboxes run as users of their own, who have to get to their folders.
        os.chmod(self._sandboxes.name, 0o755)
        self._log = tempfile.TemporaryFile()
        self._upstream = subprocess.Popen([UPSTREAM], stdout=subprocess.PIPE)
        self._model = self._upstream.stdout.readline().decode().strip()
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            port = free.getsockname()[1]
        self.url = f"http://127.0.0.1:{port}"
        settings = {
            "PORT": str(port),
            "DATA_DIR": self._data.name,
            "OPENAI_BASE_URL": f"{self._model}/v1",
            "OPENAI_API_KEY": "upstream-key",
            # Applications say gpt-4o; the scripted model has another name.
            "Upstream__Models__*": "scripted-model",
            "Sandbox__AgentPath": AGENT,
            "Sandbox__Directory": self._sandboxes.name,
        }
        self._gateway = subprocess.Popen([GATEWAY], env={**os.environ, **settings}, stdout=self._log, stderr=self._log)
        self._wait()

    def when(self, question, *turns):
        """Answers a user message that contains the question with these turns."""
        script = json.dumps({"match": question, "turns": turns}).encode()
        request = urllib.request.Request(f"{self._model}/script", script, {"content-type": "application/json"})
        urllib.request.urlopen(request).close()

    def log(self):
        self._log.seek(0)
        return self._log.read().decode(errors="replace")[-8000:]

    def close(self):
        for process in (self._gateway, self._upstream):
            process.send_signal(signal.SIGTERM)
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self._upstream.stdout.close()
        self._log.close()
        self._data.cleanup()
        self._sandboxes.cleanup()

    def _wait(self):
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self._gateway.poll() is None:
            try:
                urllib.request.urlopen(f"{self.url}/readyz").close()
                return
            except OSError:
                time.sleep(0.05)
        raise RuntimeError(f"The gateway did not become ready:\n{self.log()}")


def python(code):
    return {"tool_calls": [{"python": code}], "chunk_size": 16}


def say(text):
    return {"text": text, "chunk_size": 16}
