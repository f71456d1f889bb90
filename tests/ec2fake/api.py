# SPDX-License-Identifier: BSD-2-Clause
"""The EC2 API: who asks, what for, and the answer."""
import base64
import json
import re
import secrets
import time
import uuid

import launch
import policy
import render
import sigv4
import sts
from cloud import REGIONS, Problem
from params import Params, passes, read_filters


def dry(params):
    if params.flag("DryRun"):
        raise Problem("DryRunOperation", "Request would have succeeded, but "
                      "DryRun flag is set.", 412)


def find(cloud, region, ids):
    """The instances with these ids; one unknown is an error for all."""
    absent = []
    for name in ids:
        if not re.fullmatch("i-([0-9a-f]{8}|[0-9a-f]{17})", name):
            raise Problem("InvalidInstanceID.Malformed",
                          f'Invalid id: "{name}"')
    for name in ids:
        instance = cloud.instances.get(name)
        if instance is None or instance.region != region:
            absent.append(name)
        elif cloud.is_hidden(instance):
            absent.append(name)
    if absent:
        raise Problem("InvalidInstanceID.NotFound",
                      f"The instance ID '{absent[0]}' does not exist"
                      if len(absent) == 1 else "The instance IDs '"
                      + ", ".join(absent) + "' do not exist")
    return [cloud.instances[name] for name in dict.fromkeys(ids)]


def select(cloud, region, ids, filters):
    """Time goes by for all that could be in the answer."""
    if ids:
        listed = find(cloud, region, ids)
    else:
        listed = [i for i in cloud.instances.values()
                  if i.region == region and not cloud.is_hidden(i)]
    for instance in listed:
        cloud.poll(instance)
    return [i.id for i in listed
            if passes(i, cloud.tags_of(i), filters)]


def first_page(cloud, region, params):
    ids = params.list("InstanceId")
    most = params.number("MaxResults", 5, 1000)
    if ids and most is not None:
        raise Problem("InvalidParameterCombination", "The parameter "
                      "instancesSet cannot be used with the parameter "
                      "maxResults")
    return select(cloud, region, ids, read_filters(params)), most


def describe_instances(cloud, region, params):
    token = params.get("NextToken")
    if token:
        known = cloud.tokens.get(token)
        asked = {k: v for k, v in params.values.items()
                 if k not in ("NextToken", "MaxResults")}
        most = params.number("MaxResults", 5, 1000)
        if not known or known[0] != (region, asked):
            raise Problem("InvalidNextToken", "The token is not valid")
        params.list("InstanceId")
        read_filters(params)
        names, empty = known[1], known[2]
    else:
        names, most = first_page(cloud, region, params)
        empty = False
    params.done()
    dry(params)
    if cloud["ignore-max"] == "yes" or most is None:
        most = len(names)
    if empty:
        most = 0
    page, rest = names[:most], names[most:]
    return pages(cloud, region, params, token, page, rest, names, empty)


def pages(cloud, region, params, token, page, rest, names, empty):
    text = "<reservationSet>"
    last = None
    for name in page:
        instance = cloud.instances[name]
        tags = cloud.tags_of(instance)
        if instance.reservation != last:
            if last:
                text += "</instancesSet></item>"
            text += ("<item>" + render.reservation_head(instance)
                     + "<instancesSet>")
            last = instance.reservation
        if instance.xml is None or tags is not instance.tags:
            instance.xml = render.instance(instance, tags)
        text += instance.xml
        if tags is not instance.tags:
            instance.xml = None
    text += "</instancesSet></item></reservationSet>" if last \
        else "</reservationSet>"
    if rest:
        asked = {k: v for k, v in params.values.items()
                 if k not in ("NextToken", "MaxResults")}
        following = base64.b64encode(secrets.token_bytes(48)).decode()
        hollow = cloud["empty-page"] == "yes" and not empty
        if cloud["loop"] == "yes":
            following = token or following
            rest = names
        cloud.tokens[following] = ((region, asked), rest, hollow)
        # where it stands says nothing
        text = (render.element("nextToken", following) + text
                if len(rest) % 2 else
                text + render.element("nextToken", following))
    return text


def describe_attribute(cloud, region, params):
    name = params.need("InstanceId")
    attribute = params.need("Attribute")
    params.done()
    dry(params)
    instance = find(cloud, region, [name])[0]
    if attribute == "userData":
        data = base64.b64encode(instance.user_data).decode()
        inner = f"<userData>{render.optional('value', data)}</userData>"
    elif attribute == "disableApiTermination":
        flag = str(instance.protected).lower()
        inner = ("<disableApiTermination>" + render.element("value", flag)
                 + "</disableApiTermination>")
    else:
        raise Problem("InvalidParameterValue",
                      f"Value ({attribute}) for parameter attribute")
    return render.element("instanceId", name) + inner


def console_output(cloud, region, params):
    name = params.need("InstanceId")
    params.flag("Latest")
    params.done()
    dry(params)
    instance = find(cloud, region, [name])[0]
    instance.consoles += 1
    text = b""
    path = instance.console or cloud["console"]
    if (path and instance.state == "running"
            and instance.consoles > int(cloud["console-lag"])):
        with open(path, "rb") as file:
            text = file.read()[-65536:]
    return (render.element("instanceId", name)
            + render.element("timestamp", render.moment(time.time()))
            + render.optional("output", base64.b64encode(text).decode()))


def describe_regions(cloud, region, params):
    params.flag("AllRegions")
    wanted = params.list("RegionName")
    for number in params.groups("Filter"):
        params.need(f"Filter.{number}.Name")
        params.list(f"Filter.{number}.Value")
    params.done()
    dry(params)
    items = ""
    for name in wanted or REGIONS:
        if name not in REGIONS:
            raise Problem("InvalidParameterValue", f"Invalid region: {name}")
        items += ("<item>" + render.element("regionName", name)
                  + render.element("regionEndpoint",
                                   f"ec2.{name}.amazonaws.com")
                  + "<optInStatus>opt-in-not-required</optInStatus></item>")
    return f"<regionInfo>{items}</regionInfo>"


ACTIONS = {
    "DescribeInstances": describe_instances,
    "DescribeInstanceAttribute": describe_attribute,
    "DescribeRegions": describe_regions,
    "GetConsoleOutput": console_output,
    "RunInstances": lambda c, r, p: launch.run_instances(c, r, p, dry),
    "TerminateInstances":
        lambda c, r, p: launch.terminate_instances(c, r, p, dry, find),
}


def perform(cloud, request, params, service, action, request_id):
    if params.get("Version") != ("2016-11-15" if service == "ec2"
                                 else "2011-06-15"):
        raise Problem("NoSuchVersion" if service == "ec2"
                      else "InvalidAction", "The version is not served here")
    if action in sts.UNSIGNED:
        return sts.UNSIGNED[action](cloud, params, request_id)
    key, region = sigv4.check(request, service, cloud.keys, cloud.now())
    request.who = key.name
    request.region = region
    if region not in REGIONS:
        raise Problem("AuthFailure", f"Region {region} is not known", 401)
    if service == "sts":
        return sts.ACTIONS[action](cloud, key, params, request_id)
    if key.who == "user/nobody":
        raise Problem("UnauthorizedOperation", "You are not authorized to "
                      "perform this operation.", 403)
    request.allowed = policy.check(cloud, region, action, params.values)
    return render.answer(action, request_id,
                         ACTIONS[action](cloud, region, params))


def content_type_is_right(request):
    return re.fullmatch(r"application/x-www-form-urlencoded(; ?charset=utf-8)?",
                        request.headers.get("Content-Type", ""))


def answer(cloud, request):
    """(status, XML) of an API request, which the log tells of."""
    request_id = str(uuid.uuid4())
    action, service, shown, code = "?", "ec2", {}, ""
    try:
        if request.command != "POST" or request.path != "/":
            raise Problem("InvalidRequest", "Only POST / is served", 405)
        if not content_type_is_right(request):
            raise Problem("InvalidRequest", "The content type is no form")
        params = Params(request.body)
        shown = params.values
        action = params.need("Action")
        if action in sts.ACTIONS or action in sts.UNSIGNED:
            service = "sts"
        elif action not in ACTIONS:
            raise Problem("InvalidAction",
                          f"The action {action} is not valid for this web "
                          "service.")
        with cloud.lock:
            text = perform(cloud, request, params, service, action,
                           request_id)
        status = 200
    except (Problem, sigv4.Refused) as problem:
        code, status = problem.code, problem.status
        text = render.error(service, code, problem.message, request_id)
    cloud.note(json.dumps({"action": action, "status": status, "code": code,
                           "region": request.region, "key": request.who,
                           "params": shown, "allowed": request.allowed}))
    return status, text
