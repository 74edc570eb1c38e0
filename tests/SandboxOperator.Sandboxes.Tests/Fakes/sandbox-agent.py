#!/usr/bin/python3 -I
"""Stands in for the agent where only lifetimes matter: answers on its socket, keeps files, runs nothing."""
import http.server, json, os, secrets, signal, socketserver, sys

options, scratch = {}, []
arguments = sys.argv[2 : sys.argv.index("--launch")]
for name, value in zip(arguments[::2], arguments[1::2]):
    options[name] = value
incarnation, running = secrets.token_hex(8), None
if os.path.exists(os.path.join(options["--data"], "broken")):
    sys.exit("the data is broken")
if os.path.exists(os.path.join(options["--data"], "child")) and os.fork() == 0:
    os.setsid()
    signal.pause()


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def answer(self, status, body=b""):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def path_of(self):
        return os.path.join(options["--data"], self.path.removeprefix("/files/"))

    def do_GET(self):
        if self.path == "/status":
            status = dict(incarnation=incarnation, version="fake", ready=True, started_at_ms=0, running_call=running)
            self.answer(200, json.dumps(status).encode())
        elif self.path == "/files":
            names = sorted(os.listdir(options["--data"]))
            self.answer(200, json.dumps(dict(files=[dict(path=n, bytes=0, modified_at_ms=0) for n in names], truncated=False)).encode())
        elif os.path.exists(self.path_of()):
            with open(self.path_of(), "rb") as file:
                self.answer(200, file.read())
        else:
            self.answer(404)

    def do_PUT(self):
        with open(self.path_of(), "wb") as file:
            file.write(self.rfile.read(int(self.headers["Content-Length"])))
        self.answer(200)

    def do_POST(self):
        global running
        call = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.send_response(200)
        self.end_headers()
        self.wfile.write(b'{"type":"started"}\n')
        if call["code"] == "exit":
            os._exit(3)
        if call["code"] == "wait":
            running = call["id"]
            self.wfile.flush()
            signal.sigtimedwait([], 3600)
        environment = json.dumps(dict(os.environ))
        self.wfile.write((json.dumps(dict(type="output", stream="stdout", text=environment)) + "\n").encode())
        self.wfile.write(b'{"type":"done","status":"ok","state_lost":false,"duration_ms":1}\n')
        self.close_connection = True

    def address_string(self):
        return "unix"


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
Server(options["--socket"], Handler).serve_forever()
