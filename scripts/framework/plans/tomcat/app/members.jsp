<%-- SPDX-License-Identifier: BSD-2-Clause --%>
<%-- The other members of the cluster that are there, by their addresses. --%>
<%@ page contentType="text/plain" session="false" trimDirectiveWhitespaces="true"
    import="java.lang.management.ManagementFactory, java.net.InetAddress,
    javax.management.MBeanServer, javax.management.ObjectName,
    org.apache.catalina.tribes.Member" %>
<%
MBeanServer beans = ManagementFactory.getPlatformMBeanServer();
for (ObjectName name : beans.queryNames(
    new ObjectName("*:type=Channel,component=Channel,*"), null))
	for (Member member : (Member[])beans.getAttribute(name, "Members"))
		out.println(InetAddress.getByAddress(member.getHost())
		    .getHostAddress());
%>
