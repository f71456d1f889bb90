# SPDX-License-Identifier: BSD-2-Clause
"""The Security Token Service: whoever asks well gets keys for a while."""
import re

from cloud import ACCOUNT, Problem
from render import element, moment

NAMESPACE = "https://sts.amazonaws.com/doc/2011-06-15/"


def answer(action, inner, request_id):
    return (f'<{action}Response xmlns="{NAMESPACE}"><{action}Result>{inner}'
            f"</{action}Result><ResponseMetadata><RequestId>{request_id}"
            f"</RequestId></ResponseMetadata></{action}Response>")


def credentials(key):
    return ("<Credentials>" + element("AccessKeyId", key.name)
            + element("SecretAccessKey", key.secret)
            + element("SessionToken", key.token)
            + element("Expiration", moment(key.expires)) + "</Credentials>")


def role(cloud, params):
    """The keys of the role that is asked for."""
    arn = params.need("RoleArn")
    session = params.need("RoleSessionName")
    params.number("DurationSeconds", 900, 43200)
    if not re.fullmatch(r"[\w+=,.@-]{2,64}", session):
        raise Problem("ValidationError", "RoleSessionName is malformed")
    if arn != cloud["role-arn"]:
        raise Problem("AccessDenied", "not authorized to perform: "
                      f"sts:AssumeRole on resource: {arn}", 403)
    return arn, session


def assumed(cloud, arn, session):
    name = f"assumed-role/{arn.split('/')[-1]}/{session}"
    key = cloud.new_key(name)
    user = (f"<AssumedRoleUser><Arn>arn:aws:sts::{ACCOUNT}:{name}</Arn>"
            f"<AssumedRoleId>AROA0123456789:{session}</AssumedRoleId>"
            "</AssumedRoleUser>")
    return credentials(key) + user


def assume_role(cloud, key, params, request_id):
    arn, session = role(cloud, params)
    params.get("ExternalId")
    params.done()
    return answer("AssumeRole", assumed(cloud, arn, session), request_id)


def assume_with_web_identity(cloud, params, request_id):
    arn, session = role(cloud, params)
    token = params.need("WebIdentityToken")
    params.get("ProviderId")
    params.done()
    if token != cloud["web-identity"]:
        raise Problem("InvalidIdentityToken",
                      "The token is not from a supported provider")
    return answer("AssumeRoleWithWebIdentity",
                  assumed(cloud, arn, session), request_id)


def caller_identity(cloud, key, params, request_id):
    params.done()
    return answer(
        "GetCallerIdentity",
        element("Arn", f"arn:aws:iam::{ACCOUNT}:{key.who}")
        + element("UserId", key.name) + element("Account", ACCOUNT),
        request_id)


ACTIONS = {"AssumeRole": assume_role, "GetCallerIdentity": caller_identity}
UNSIGNED = {"AssumeRoleWithWebIdentity": assume_with_web_identity}
