"""A server as Keylime's are: Python's ssl, client certificates demanded, one request a connection.

Arguments: certificate, key, CA of clients, TLS version. Says its port, then one line of JSON for each connection.
"""

import json
import socket
import ssl
import sys

certificate, key, clients, version = sys.argv[1:]
context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH, cafile=clients)
context.load_cert_chain(certificate, key)
context.verify_mode = ssl.CERT_REQUIRED
wanted = {"1.2": ssl.TLSVersion.TLSv1_2, "1.3": ssl.TLSVersion.TLSv1_3}[version]
context.minimum_version = context.maximum_version = wanted

ANSWERS = {"version": {"current_version": "2.6", "supported_versions": ["2.6"]}, "agents": {"uuids": []}}


def answer(request):
    """The whole answer to a request."""
    what = "version" if request.startswith(b"GET /version") else "agents"
    body = json.dumps({"code": 200, "status": "Success", "results": ANSWERS[what]}).encode()
    head = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nConnection: close\r\n"
    return head.encode() + f"Content-Length: {len(body)}\r\n\r\n".encode() + body


def serve(stream):
    """One connection; what to say of it."""
    with context.wrap_socket(stream, server_side=True) as secure:
        request = b""
        while b"\r\n\r\n" not in request:
            piece = secure.recv(4096)
            if not piece:
                return {"error": "closed"}
            request += piece
        secure.sendall(answer(request))
        subject = dict(pair for part in secure.getpeercert()["subject"] for pair in part)
        return {"version": secure.version(), "resumed": secure.session_reused, "name": subject.get("commonName")}


with socket.create_server(("127.0.0.1", 0)) as listener:
    print(json.dumps(listener.getsockname()[1]), flush=True)
    while True:
        stream, _ = listener.accept()
        stream.settimeout(30)
        try:
            said = serve(stream)
        except (OSError, ssl.SSLError) as error:
            said = {"error": str(error)}
        print(json.dumps(said), flush=True)
