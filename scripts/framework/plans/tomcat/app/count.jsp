<%-- SPDX-License-Identifier: BSD-2-Clause --%>
<%-- How often this session has been here; whichever Tomcat counts it. --%>
<%@ page contentType="text/plain" session="true" trimDirectiveWhitespaces="true" %>
<%
Integer count = (Integer)session.getAttribute("count");
count = count == null ? 1 : count + 1;
session.setAttribute("count", count);
%>
count <%= count %>
session <%= session.getId() %>
host <%= System.getProperty("cpssh.host") %>
