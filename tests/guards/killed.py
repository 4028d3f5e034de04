"""A program that takes in one file as the portal does, and ends itself at a moment it is told."""

KILLED = """
import io, os, signal, sys
import django
import time_machine
from privacy_portal import settings as plain
plain.STORAGES["staticfiles"] = {
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
time_machine.travel("2026-11-16 10:05 +0100", tick=True).start()
django.setup()
from django.conf import settings
from django.middleware.csrf import CsrfViewMiddleware
CsrfViewMiddleware.process_view = lambda *a, **k: None
from privacy_portal.wsgi import application
from vault import blobs

moment, address, cookie, word = sys.argv[1:]
data = sys.stdin.buffer.read()
head = (
    b'--xyz\\r\\nContent-Disposition: form-data; name="uploads"; filename="'
    + word.encode() + b'.pdf"\\r\\n\\r\\n'
)
body = head + data + b"\\r\\n--xyz--\\r\\n"

def end(*args, **keywords):
    os.kill(os.getpid(), signal.SIGKILL)

class Body(io.BytesIO):
    def read(self, size=-1):
        if moment == "upload" and self.tell() > len(body) // 2:
            end()
        return super().read(size)

from access import uploads
uploads.CHECKS["second_factor"] = lambda request: True
if moment == "cleaning":
    from files import sandbox
    ask = sandbox._sandbox._ask
    def asked(*args):
        ask(*args)
        end()
    sandbox._sandbox._ask = asked
if moment == "sealing":
    write = blobs._write
    def half(path, pieces):
        pieces = iter(pieces)
        def some():
            yield next(pieces)
            yield next(pieces)
            os.sync()
            end()
        write(path, some())
    blobs._write = half
if moment == "named":
    blobs.flush_folder = end
if moment == "recording":
    from dossiers.actions import files
    files._record = end
environ = {
    "REQUEST_METHOD": "POST", "PATH_INFO": address, "QUERY_STRING": "", "SCRIPT_NAME": "",
    "SERVER_NAME": "testserver", "SERVER_PORT": "443", "wsgi.url_scheme": "https",
    "HTTP_HOST": "testserver", "REMOTE_ADDR": "127.0.0.1", "wsgi.input": Body(body),
    "CONTENT_TYPE": "multipart/form-data; boundary=xyz", "CONTENT_LENGTH": str(len(body)),
    "HTTP_COOKIE": f"{settings.SESSION_COOKIE_NAME}={cookie}", "wsgi.errors": sys.stderr,
}
answer = application(environ, lambda status, headers: print(status))
print(b"".join(answer).decode()[:200] if "--show" in sys.argv else "")
"""
