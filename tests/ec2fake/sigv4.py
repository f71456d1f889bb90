# SPDX-License-Identifier: BSD-2-Clause
"""Checks AWS Signature Version 4, to the byte, and stricter than AWS does:
every x-amz-* header that is sent must be signed, and each only once."""
import calendar
import hashlib
import hmac
import re
import time
import urllib.parse

ALGORITHM = "AWS4-HMAC-SHA256"
SKEW = 300
AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256 Credential=([^,]+), ?SignedHeaders=([a-z0-9;-]+), ?"
    r"Signature=([0-9a-f]{64})\Z")


class Refused(Exception):
    """Not signed as it should be: the code, the message, the HTTP status."""

    def __init__(self, code, message, status):
        super().__init__(message)
        self.code = code
        self.message = message
        self.status = status


def canonical_query(query):
    pairs = urllib.parse.parse_qsl(query, keep_blank_values=True)
    quoted = sorted((urllib.parse.quote(k, safe="-_.~"),
                     urllib.parse.quote(v, safe="-_.~")) for k, v in pairs)
    return "&".join(k + "=" + v for k, v in quoted)


def signature(secret, request, names, date, scope):
    lines = [request.command, request.url_path,
             canonical_query(request.url_query)]
    for name in names:
        value = ",".join(request.headers.get_all(name))
        lines.append(name + ":" + re.sub(" +", " ", value.strip()))
    lines += ["", ";".join(names), hashlib.sha256(request.body).hexdigest()]
    digest = hashlib.sha256("\n".join(lines).encode()).hexdigest()
    text = "\n".join([ALGORITHM, date, "/".join(scope), digest])
    key = ("AWS4" + secret).encode()
    for part in scope:
        key = hmac.digest(key, part.encode(), "sha256")
    return hmac.digest(key, text.encode(), "sha256").hex()


def check_names(request, names):
    """What is signed, in order; and nothing of weight that is not."""
    if names != sorted(set(names)):
        raise Refused("IncompleteSignature",
                      "SignedHeaders is not sorted", 400)
    for name in names:
        if not request.headers.get_all(name):
            raise Refused("IncompleteSignature",
                          f"'{name}' is signed but was not sent", 400)
    for name in {name.lower() for name in request.headers}:
        weighty = name.startswith("x-amz-") or name in ("host", "content-type")
        if weighty and name not in names:
            raise Refused("IncompleteSignature",
                          f"'{name}' was sent but is not signed", 400)
        if weighty and len(request.headers.get_all(name)) != 1:
            raise Refused("IncompleteSignature", f"'{name}' came twice", 400)


def seconds_of(date):
    try:
        return calendar.timegm(time.strptime(date, "%Y%m%dT%H%M%SZ"))
    except ValueError:
        raise Refused("IncompleteSignature",
                      "X-Amz-Date is no ISO 8601 basic date", 400) from None


def check(request, service, keys, now):
    """Who sent the request and to which region: (key, region).  keys has
    access keys as .secret, .token (or None) and .expires (or None)."""
    auth = request.headers.get("Authorization", "")
    if not auth:
        raise Refused("MissingAuthenticationToken",
                      "Request is missing Authentication Token", 403)
    found = AUTHORIZATION.match(auth)
    if not found:
        raise Refused("IncompleteSignature",
                      "Authorization header is malformed", 400)
    name, *scope = found[1].split("/")
    if len(scope) != 4 or scope[2:] != [service, "aws4_request"]:
        raise Refused("SignatureDoesNotMatch", "Credential should be scoped "
                      f"to service '{service}' and 'aws4_request'", 403)
    names = found[2].split(";")
    check_names(request, names)
    if "host" not in names or "x-amz-date" not in names:
        raise Refused("IncompleteSignature",
                      "host and x-amz-date must be signed", 400)
    date = request.headers["X-Amz-Date"]
    moment = seconds_of(date)
    if date[:8] != scope[0]:
        raise Refused("SignatureDoesNotMatch",
                      "Date in Credential scope is another", 403)
    bad = Refused("AuthFailure", "AWS was not able to validate the provided "
                  "access credentials", 401)
    key = keys.get(name)
    if not key:
        raise bad if service == "ec2" else Refused(
            "InvalidClientTokenId", "The security token included in the "
            "request is invalid", 403)
    expected = signature(key.secret, request, names, date, scope)
    if not hmac.compare_digest(expected, found[3]):
        raise bad if service == "ec2" else Refused(
            "SignatureDoesNotMatch", "The request signature we calculated "
            "does not match the signature you provided", 403)
    if request.headers.get("X-Amz-Security-Token") != key.token:
        raise bad if service == "ec2" else Refused(
            "InvalidClientTokenId", "The security token included in the "
            "request is invalid", 403)
    if key.expires is not None and now > key.expires:
        raise (Refused("RequestExpired", "Request has expired.", 400)
               if service == "ec2" else
               Refused("ExpiredToken", "The security token included in the "
                       "request is expired", 403))
    if now - moment > SKEW:
        raise Refused("RequestExpired", "Request has expired.", 400)
    if moment - now > SKEW:
        raise Refused("AuthFailure", "Request is not yet valid.", 401)
    return key, scope[1]
