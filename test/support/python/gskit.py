"""Asks GSKit, inside the Db2 driver, to open stores and to finish TLS handshakes with them.

One JSON object a line on standard input:
    {"store": "/abs/key.kdb", "port": 5001, "stash": "/abs/key.sth" | "password": "...", "label": "..."}
and one a line on standard output:
    {"code": 420, "text": "..."}
`code` is GSKit's, or null where the driver's text has none. Without `label`, GSKit picks the certificate.
"""

import json
import re
import sys

import ibm_db


def attempt(wanted):
    parts = [
        "DATABASE=x",
        "HOSTNAME=localhost",
        "PORT=%d" % wanted["port"],
        "PROTOCOL=TCPIP",
        "SECURITY=SSL",
        # Long enough for a busy machine: a refusal comes at once anyway.
        "ConnectTimeout=50",
        "SSLClientKeystoredb=" + wanted["store"],
    ]
    if "stash" in wanted:
        parts.append("SSLClientKeystash=" + wanted["stash"])
    else:
        parts.append("SSLClientKeystoreDBPassword=" + wanted["password"])
    if "label" in wanted:
        parts += ["Authentication=CERTIFICATE", "SSLClientLabel=" + wanted["label"]]
    else:
        parts += ["UID=u", "PWD=p"]
    try:
        ibm_db.connect(";".join(parts) + ";", "", "")
    except Exception as error:  # the driver raises bare Exception
        return str(error)
    return ""


for line in sys.stdin:
    text = attempt(json.loads(line))
    found = re.search(r'GSKit Error: (\d+)|error code\(s\): "(\d+)"', text)
    code = int(found.group(1) or found.group(2)) if found else None
    print(json.dumps({"code": code, "text": text}), flush=True)
