# SPDX-License-Identifier: BSD-2-Clause
"""Instances as XML, with all that AWS sends along."""
import time
from xml.sax.saxutils import escape

from cloud import ACCOUNT, STATES

NAMESPACE = "http://ec2.amazonaws.com/doc/2016-11-15/"
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'


def element(name, value):
    return f"<{name}>{escape(str(value))}</{name}>"


def optional(name, value):
    return element(name, value) if value else ""


def moment(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime(seconds))


def state(name, what):
    return (f"<{name}><code>{STATES[what]}</code><name>{what}</name></{name}>")


def group_set(groups):
    return "<groupSet>" + "".join(
        "<item>" + element("groupId", i) + element("groupName", n) + "</item>"
        for i, n in groups) + "</groupSet>"


def interface(i):
    if not i.private_ip:
        return "<networkInterfaceSet/>"
    association = "" if not i.public_ip else (
        "<association>" + element("publicIp", i.public_ip)
        + element("publicDnsName", i.public_dns)
        + "<ipOwnerId>amazon</ipOwnerId></association>")
    ipv6 = "" if not i.ipv6 else (
        "<item>" + element("ipv6Address", i.ipv6)
        + "<isPrimaryIpv6>false</isPrimaryIpv6></item>")
    number = i.id[2:]
    return (
        "<networkInterfaceSet><item>"
        f"<networkInterfaceId>eni-{number}</networkInterfaceId>"
        + optional("subnetId", i.subnet) + optional("vpcId", i.vpc)
        + "<description>Primary network interface</description>"
        f"<ownerId>{ACCOUNT}</ownerId><status>in-use</status>"
        "<macAddress>02:0a:0b:0c:0d:0e</macAddress>"
        + element("privateIpAddress", i.private_ip)
        + element("privateDnsName", i.private_dns)
        + "<sourceDestCheck>true</sourceDestCheck>" + group_set(i.groups)
        + "<attachment>"
        f"<attachmentId>eni-attach-{number}</attachmentId>"
        "<deviceIndex>0</deviceIndex><status>attached</status>"
        + element("attachTime", moment(i.launched))
        + "<deleteOnTermination>true</deleteOnTermination>"
        "<networkCardIndex>0</networkCardIndex></attachment>" + association
        + "<privateIpAddressesSet><item>"
        + element("privateIpAddress", i.private_ip)
        + element("privateDnsName", i.private_dns)
        + "<primary>true</primary>" + association
        + "</item><item><privateIpAddress>10.255.255.254</privateIpAddress>"
        "<primary>false</primary></item></privateIpAddressesSet>"
        f"<ipv6AddressesSet>{ipv6}</ipv6AddressesSet>"
        "<interfaceType>interface</interfaceType><ipv4PrefixSet/>"
        "<ipv6PrefixSet/><operator><managed>false</managed></operator>"
        "</item></networkInterfaceSet>")


def tag_set(tags):
    if not tags:
        return ""
    return "<tagSet>" + "".join(
        "<item>" + element("key", k) + element("value", v) + "</item>"
        for k, v in tags.items()) + "</tagSet>"


def instance(i, tags):
    profile = "" if not i.profile else (
        "<iamInstanceProfile>" + element(
            "arn", f"arn:aws:iam::{ACCOUNT}:instance-profile/{i.profile}")
        + "<id>AIPA0123456789ABCDEF0</id></iamInstanceProfile>")
    return (
        "<item>" + element("instanceId", i.id) + element("imageId", i.ami)
        + "<bootMode>uefi-preferred</bootMode>"
        "<currentInstanceBootMode>legacy-bios</currentInstanceBootMode>"
        + state("instanceState", i.state)
        + element("privateDnsName", i.private_dns)
        + element("dnsName", i.public_dns) + element("reason", i.reason)
        + optional("keyName", i.key) + element("amiLaunchIndex", i.index)
        + "<productCodes/>" + element("instanceType", i.type)
        + element("launchTime", moment(i.launched))
        + "<placement>" + element("availabilityZone", i.zone)
        + "<availabilityZoneId>use1-az1</availabilityZoneId><groupName/>"
        "<tenancy>default</tenancy></placement>"
        "<monitoring><state>disabled</state></monitoring>"
        + optional("subnetId", i.subnet) + optional("vpcId", i.vpc)
        + optional("privateIpAddress", i.private_ip)
        + optional("ipAddress", i.public_ip)
        + "<sourceDestCheck>true</sourceDestCheck>" + group_set(i.groups)
        + "<architecture>x86_64</architecture>"
        "<rootDeviceType>ebs</rootDeviceType>"
        "<rootDeviceName>/dev/xvda</rootDeviceName>"
        "<blockDeviceMapping><item><deviceName>/dev/xvda</deviceName><ebs>"
        f"<volumeId>vol-{i.id[2:]}</volumeId><status>attached</status>"
        + element("attachTime", moment(i.launched))
        + "<deleteOnTermination>true</deleteOnTermination>"
        "<operator><managed>false</managed></operator></ebs></item>"
        "</blockDeviceMapping>"
        "<virtualizationType>hvm</virtualizationType>"
        + optional("instanceLifecycle", "spot" if i.spot else "")
        + element("clientToken", i.token) + tag_set(tags)
        + "<hypervisor>xen</hypervisor>" + interface(i) + profile
        + "<ebsOptimized>false</ebsOptimized><enaSupport>true</enaSupport>"
        + optional("ipv6Address", i.ipv6) +
        "<cpuOptions><coreCount>1</coreCount>"
        "<threadsPerCore>2</threadsPerCore></cpuOptions>"
        "<capacityReservationSpecification><capacityReservationPreference>open"
        "</capacityReservationPreference></capacityReservationSpecification>"
        "<hibernationOptions><configured>false</configured>"
        "</hibernationOptions><enclaveOptions><enabled>false</enabled>"
        "</enclaveOptions><metadataOptions><state>applied</state>"
        "<httpTokens>required</httpTokens>"
        "<httpPutResponseHopLimit>2</httpPutResponseHopLimit>"
        "<httpEndpoint>enabled</httpEndpoint>"
        "<httpProtocolIpv6>disabled</httpProtocolIpv6>"
        "<instanceMetadataTags>disabled</instanceMetadataTags>"
        "</metadataOptions><maintenanceOptions><autoRecovery>default"
        "</autoRecovery><rebootMigration>default</rebootMigration>"
        "</maintenanceOptions>"
        "<platformDetails>Linux/UNIX</platformDetails>"
        "<usageOperation>RunInstances</usageOperation>"
        + element("usageOperationUpdateTime", moment(i.launched))
        + "<privateDnsNameOptions><hostnameType>ip-name</hostnameType>"
        "<enableResourceNameDnsARecord>false</enableResourceNameDnsARecord>"
        "<enableResourceNameDnsAAAARecord>false"
        "</enableResourceNameDnsAAAARecord></privateDnsNameOptions>"
        "<operator><managed>false</managed></operator></item>")


def reservation_head(i):
    return (element("reservationId", i.reservation)
            + element("ownerId", ACCOUNT) + "<groupSet/>")


def answer(action, request_id, inner):
    return (f'{DECLARATION}<{action}Response xmlns="{NAMESPACE}">'
            f"<requestId>{request_id}</requestId>{inner}</{action}Response>")


def error(service, code, message, request_id):
    """EC2's error and the other services' are two."""
    text = element("Code", code) + element("Message", message)
    if service == "ec2":
        return (f"{DECLARATION}<Response><Errors><Error>{text}</Error>"
                f"</Errors><RequestID>{request_id}</RequestID></Response>")
    return ('<ErrorResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/">'
            f"<Error><Type>Sender</Type>{text}</Error>"
            f"<RequestId>{request_id}</RequestId></ErrorResponse>")
