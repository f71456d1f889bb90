/* SPDX-License-Identifier: BSD-2-Clause */
/* Every keyword that OpenSSH 10 knows, and what becomes of it here. */
#include "config.h"

#include <string.h>

#include <sys/socket.h>

#include "sshconf_priv.h"

static const struct sshconf_choice flag[] = {
	{ "yes", "yes", 1 }, { "true", "yes", 1 },
	{ "no", "no", 0 }, { "false", "no", 0 }, { NULL, NULL, 0 }
};

static const struct sshconf_choice flag_or_ask[] = {
	{ "yes", "true", 1 }, { "true", "true", 1 },
	{ "no", "false", 0 }, { "false", "false", 0 },
	{ "ask", "ask", 2 }, { NULL, NULL, 0 }
};

static const struct sshconf_choice family[] = {
	{ "any", "any", AF_UNSPEC }, { "inet", "inet", AF_INET },
	{ "inet6", "inet6", AF_INET6 }, { NULL, NULL, 0 }
};

static const struct sshconf_choice strict[] = {
	{ "yes", "true", STRICT_YES }, { "true", "true", STRICT_YES },
	{ "no", "false", STRICT_NO }, { "false", "false", STRICT_NO },
	{ "off", "false", STRICT_NO }, { "ask", "ask", STRICT_ASK },
	{ "accept-new", "accept-new", STRICT_ACCEPT_NEW }, { NULL, NULL, 0 }
};

static const struct sshconf_choice tty[] = {
	{ "yes", "true", TTY_YES }, { "true", "true", TTY_YES },
	{ "no", "false", TTY_NO }, { "false", "false", TTY_NO },
	{ "force", "force", TTY_FORCE }, { "auto", "auto", TTY_AUTO },
	{ NULL, NULL, 0 }
};

static const struct sshconf_choice pubkey[] = {
	{ "yes", "true", 1 }, { "true", "true", 1 },
	{ "no", "false", 0 }, { "false", "false", 0 },
	{ "unbound", "unbound", 1 }, { "host-bound", "host-bound", 1 },
	{ NULL, NULL, 0 }
};

static const struct sshconf_choice compression[] = {
	{ "yes", "yes", 1 }, { "no", "no", 0 }, { NULL, NULL, 0 }
};

static const struct sshconf_choice control_master[] = {
	{ "yes", "true", 1 }, { "true", "true", 1 },
	{ "no", "false", 0 }, { "false", "false", 0 },
	{ "auto", "auto", 2 }, { "ask", "ask", 3 },
	{ "autoask", "autoask", 4 }, { NULL, NULL, 0 }
};

static const struct sshconf_choice tunnel[] = {
	{ "ethernet", "ethernet", 2 },
	{ "point-to-point", "point-to-point", 1 },
	{ "yes", "point-to-point", 1 }, { "true", "point-to-point", 1 },
	{ "no", "false", 0 }, { "false", "false", 0 }, { NULL, NULL, 0 }
};

static const struct sshconf_choice session_type[] = {
	{ "none", "none", 1 }, { "subsystem", "subsystem", 2 },
	{ "default", "default", 0 }, { NULL, NULL, 0 }
};

static const struct sshconf_choice canonicalize[] = {
	{ "yes", "true", 1 }, { "true", "true", 1 },
	{ "no", "false", 0 }, { "false", "false", 0 },
	{ "always", "always", 2 }, { NULL, NULL, 0 }
};

static const struct sshconf_choice fingerprint_hash[] = {
	{ "md5", "MD5", 0 }, { "sha1", "SHA1", 1 }, { "sha256", "SHA256", 2 },
	{ "sha384", "SHA384", 3 }, { "sha512", "SHA512", 4 },
	{ NULL, NULL, 0 }
};

static const struct sshconf_choice log_level[] = {
	{ "quiet", "SILENT", 0 }, { "silent", "SILENT", 0 },
	{ "fatal", "FATAL", 1 }, { "error", "ERROR", 2 },
	{ "info", "INFO", 3 }, { "verbose", "VERBOSE", 4 },
	{ "debug", "DEBUG", 5 }, { "debug1", "DEBUG", 5 },
	{ "debug2", "DEBUG2", 6 }, { "debug3", "DEBUG3", 7 },
	{ NULL, NULL, 0 }
};

static const struct sshconf_choice facility[] = {
	{ "daemon", "DAEMON", 0 }, { "user", "USER", 0 },
	{ "auth", "AUTH", 0 }, { "authpriv", "AUTHPRIV", 0 },
	{ "local0", "LOCAL0", 0 }, { "local1", "LOCAL1", 0 },
	{ "local2", "LOCAL2", 0 }, { "local3", "LOCAL3", 0 },
	{ "local4", "LOCAL4", 0 }, { "local5", "LOCAL5", 0 },
	{ "local6", "LOCAL6", 0 }, { "local7", "LOCAL7", 0 },
	{ NULL, NULL, 0 }
};

static const struct sshconf_choice weak_crypto[] = {
	{ "yes", "yes", 1 }, { "true", "yes", 1 },
	{ "no", "no", 0 }, { "false", "no", 0 }, { "no-pq-kex", "no", 0 },
	{ NULL, NULL, 0 }
};

/* A row: name, kind, class, what `ssh -G` prints if unset, what is no promise
 * (NULL: the same), and for some kinds their choices or algorithms. */
#define FLAG(name, class, fallback) \
	{ name, KIND_CHOICE, class, fallback, NULL, flag, 0 }
#define CHOICE(name, class, fallback, choices) \
	{ name, KIND_CHOICE, class, fallback, NULL, choices, 0 }
#define INT(name, class, fallback) \
	{ name, KIND_INT, class, fallback, NULL, NULL, 0 }
#define TIME(name, class, fallback) \
	{ name, KIND_TIME, class, fallback, NULL, NULL, 0 }
#define STRING(name, class, fallback, off) \
	{ name, KIND_STRING, class, fallback, off, NULL, 0 }
#define COMMAND(name, class) \
	{ name, KIND_COMMAND, class, NULL, "none", NULL, 0 }
#define WORDS(name, class, fallback) \
	{ name, KIND_WORDS, class, fallback, "none", NULL, 0 }
#define LIST(name, class, algorithms) \
	{ name, KIND_ALGORITHMS, class, NULL, NULL, NULL, algorithms }
#define OTHER(name, kind, class, fallback, off) \
	{ name, kind, class, fallback, off, NULL, 0 }

#define H CLASS_HONOURED
#define HARMLESS CLASS_HARMLESS
#define PROMISE CLASS_PROMISE
#define SECURITY CLASS_SECURITY

const struct sshconf_keyword sshconf_keywords[ID_COUNT] = {
[ID_HOST] = OTHER("host", KIND_BLOCK, H, NULL, NULL),
[ID_USER] = STRING("user", H, NULL, NULL),
[ID_HOSTNAME] = STRING("hostname", H, NULL, NULL),
[ID_PORT] = OTHER("port", KIND_PORT, H, "22", NULL),
[ID_ADDRESSFAMILY] = CHOICE("addressfamily", H, "any", family),
[ID_BATCHMODE] = FLAG("batchmode", H, "no"),
[ID_CANONICALIZEFALLBACKLOCAL] =
	FLAG("canonicalizefallbacklocal", HARMLESS, "yes"),
/* It decides which host is visited and which blocks are for it. */
[ID_CANONICALIZEHOSTNAME] =
	CHOICE("canonicalizehostname", SECURITY, "false", canonicalize),
[ID_CHECKHOSTIP] = FLAG("checkhostip", PROMISE, "no"),
[ID_COMPRESSION] = CHOICE("compression", H, "no", compression),
[ID_CONTROLMASTER] =
	CHOICE("controlmaster", HARMLESS, "false", control_master),
[ID_ENABLESSHKEYSIGN] = FLAG("enablesshkeysign", HARMLESS, "no"),
[ID_CLEARALLFORWARDINGS] = FLAG("clearallforwardings", H, "no"),
[ID_EXITONFORWARDFAILURE] = FLAG("exitonforwardfailure", HARMLESS, "no"),
[ID_FINGERPRINTHASH] =
	CHOICE("fingerprinthash", HARMLESS, "SHA256", fingerprint_hash),
[ID_FORWARDX11] = FLAG("forwardx11", PROMISE, "no"),
[ID_FORWARDX11TRUSTED] = FLAG("forwardx11trusted", HARMLESS, "no"),
[ID_GATEWAYPORTS] = FLAG("gatewayports", HARMLESS, "no"),
/* Debian's own ssh_config says yes to it, for every host. */
[ID_GSSAPIAUTHENTICATION] = FLAG("gssapiauthentication", HARMLESS, "no"),
[ID_GSSAPIDELEGATECREDENTIALS] =
	FLAG("gssapidelegatecredentials", HARMLESS, "no"),
[ID_HASHKNOWNHOSTS] = FLAG("hashknownhosts", H, "no"),
[ID_HOSTBASEDAUTHENTICATION] =
	FLAG("hostbasedauthentication", PROMISE, "no"),
[ID_IDENTITIESONLY] = FLAG("identitiesonly", H, "no"),
[ID_KBDINTERACTIVEAUTHENTICATION] =
	FLAG("kbdinteractiveauthentication", H, "yes"),
[ID_NOHOSTAUTHENTICATIONFORLOCALHOST] =
	FLAG("nohostauthenticationforlocalhost", PROMISE, "no"),
[ID_PASSWORDAUTHENTICATION] = FLAG("passwordauthentication", H, "yes"),
[ID_PERMITLOCALCOMMAND] = FLAG("permitlocalcommand", H, "no"),
[ID_PROXYUSEFDPASS] = FLAG("proxyusefdpass", H, "no"),
[ID_PUBKEYAUTHENTICATION] =
	CHOICE("pubkeyauthentication", H, "true", pubkey),
[ID_REQUESTTTY] = CHOICE("requesttty", H, "auto", tty),
/* It says that no command, or another thing, shall run there. */
[ID_SESSIONTYPE] = CHOICE("sessiontype", SECURITY, "default", session_type),
[ID_STDINNULL] = FLAG("stdinnull", PROMISE, "no"),
[ID_FORKAFTERAUTHENTICATION] =
	FLAG("forkafterauthentication", PROMISE, "no"),
[ID_STREAMLOCALBINDUNLINK] = FLAG("streamlocalbindunlink", HARMLESS, "no"),
[ID_STRICTHOSTKEYCHECKING] =
	CHOICE("stricthostkeychecking", H, "ask", strict),
[ID_TCPKEEPALIVE] = FLAG("tcpkeepalive", H, "yes"),
[ID_TUNNEL] = CHOICE("tunnel", PROMISE, "false", tunnel),
/* Without it we trust less, not more. */
[ID_VERIFYHOSTKEYDNS] =
	CHOICE("verifyhostkeydns", PROMISE, "false", flag_or_ask),
[ID_VISUALHOSTKEY] = FLAG("visualhostkey", HARMLESS, "no"),
[ID_UPDATEHOSTKEYS] =
	{ "updatehostkeys", KIND_CHOICE, PROMISE, "true", "false",
	    flag_or_ask, 0 },
[ID_ENABLEESCAPECOMMANDLINE] =
	FLAG("enableescapecommandline", HARMLESS, "no"),
[ID_WARNWEAKCRYPTO] =
	{ "warnweakcrypto", KIND_CHOICE, HARMLESS, NULL, NULL,
	    weak_crypto, 0 },

[ID_CANONICALIZEMAXDOTS] = INT("canonicalizemaxdots", HARMLESS, "1"),
[ID_CONNECTIONATTEMPTS] = INT("connectionattempts", H, "1"),
[ID_FORWARDX11TIMEOUT] = TIME("forwardx11timeout", HARMLESS, "1200"),
[ID_NUMBEROFPASSWORDPROMPTS] = INT("numberofpasswordprompts", H, "3"),
[ID_SERVERALIVECOUNTMAX] = INT("serveralivecountmax", H, "3"),
[ID_SERVERALIVEINTERVAL] = TIME("serveraliveinterval", H, "0"),
[ID_REQUIREDRSASIZE] = INT("requiredrsasize", SECURITY, "1024"),
[ID_OBSCUREKEYSTROKETIMING] = OTHER("obscurekeystroketiming",
	KIND_KEYSTROKE, HARMLESS, NULL, NULL),

[ID_BINDADDRESS] = STRING("bindaddress", H, NULL, NULL),
/* Through another interface, others may listen. */
[ID_BINDINTERFACE] = STRING("bindinterface", SECURITY, NULL, NULL),
[ID_CIPHERS] = LIST("ciphers", H, ALGORITHMS_CIPHER),
[ID_CONTROLPATH] = STRING("controlpath", HARMLESS, NULL, "none"),
[ID_HOSTKEYALGORITHMS] = LIST("hostkeyalgorithms", H, ALGORITHMS_HOST_KEY),
[ID_HOSTKEYALIAS] = STRING("hostkeyalias", H, NULL, NULL),
[ID_HOSTBASEDACCEPTEDALGORITHMS] =
	LIST("hostbasedacceptedalgorithms", HARMLESS, ALGORITHMS_PUBKEY),
[ID_IDENTITYAGENT] = OTHER("identityagent", KIND_AGENT, H, NULL, NULL),
[ID_IGNOREUNKNOWN] = STRING("ignoreunknown", H, NULL, NULL),
[ID_KBDINTERACTIVEDEVICES] =
	STRING("kbdinteractivedevices", HARMLESS, NULL, NULL),
[ID_KEXALGORITHMS] = LIST("kexalgorithms", H, ALGORITHMS_KEX),
/* We take no host certificate, whoever signed it. */
[ID_CASIGNATUREALGORITHMS] =
	LIST("casignaturealgorithms", HARMLESS, ALGORITHMS_CA),
[ID_LOCALCOMMAND] = COMMAND("localcommand", H),
/* It says that another command shall run. */
[ID_REMOTECOMMAND] = COMMAND("remotecommand", SECURITY),
[ID_LOGLEVEL] = CHOICE("loglevel", HARMLESS, "INFO", log_level),
[ID_MACS] = LIST("macs", H, ALGORITHMS_MAC),
[ID_PKCS11PROVIDER] = STRING("pkcs11provider", PROMISE, NULL, "none"),
[ID_SECURITYKEYPROVIDER] =
	STRING("securitykeyprovider", HARMLESS, "internal", NULL),
[ID_PREFERREDAUTHENTICATIONS] =
	STRING("preferredauthentications", H, NULL, NULL),
[ID_PUBKEYACCEPTEDALGORITHMS] =
	LIST("pubkeyacceptedalgorithms", H, ALGORITHMS_PUBKEY),
[ID_REVOKEDHOSTKEYS] = STRING("revokedhostkeys", SECURITY, NULL, "none"),
[ID_XAUTHLOCATION] =
	STRING("xauthlocation", HARMLESS, "/usr/bin/xauth", NULL),
[ID_KNOWNHOSTSCOMMAND] = COMMAND("knownhostscommand", SECURITY),
[ID_TAG] = STRING("tag", H, NULL, NULL),
[ID_VERSIONADDENDUM] = COMMAND("versionaddendum", PROMISE),
[ID_REFUSECONNECTION] = COMMAND("refuseconnection", SECURITY),

[ID_DYNAMICFORWARD] =
	OTHER("dynamicforward", KIND_FORWARD, PROMISE, NULL, NULL),
[ID_LOCALFORWARD] =
	OTHER("localforward", KIND_FORWARD, PROMISE, NULL, NULL),
[ID_REMOTEFORWARD] =
	OTHER("remoteforward", KIND_FORWARD, PROMISE, NULL, NULL),

[ID_IDENTITYFILE] = STRING("identityfile", H, NULL, NULL),
[ID_CANONICALDOMAINS] =
	OTHER("canonicaldomains", KIND_DOMAINS, HARMLESS, "none", NULL),
[ID_CERTIFICATEFILE] = STRING("certificatefile", H, NULL, NULL),
[ID_GLOBALKNOWNHOSTSFILE] = WORDS("globalknownhostsfile", H,
	SSHCONF_SYSTEM_DIR "/ssh_known_hosts "
	SSHCONF_SYSTEM_DIR "/ssh_known_hosts2"),
[ID_USERKNOWNHOSTSFILE] = WORDS("userknownhostsfile", H, NULL),
[ID_SENDENV] = OTHER("sendenv", KIND_SENDENV, H, NULL, NULL),
[ID_SETENV] = OTHER("setenv", KIND_SETENV, H, NULL, NULL),
[ID_LOGVERBOSE] = WORDS("logverbose", HARMLESS, "none"),
[ID_CHANNELTIMEOUT] = OTHER("channeltimeout", KIND_CHANNELTIMEOUT,
	PROMISE, NULL, "none"),
[ID_PERMITREMOTEOPEN] =
	OTHER("permitremoteopen", KIND_PERMITOPEN, HARMLESS, "any", NULL),
[ID_ADDKEYSTOAGENT] =
	OTHER("addkeystoagent", KIND_ADDKEYS, PROMISE, "false", NULL),
[ID_FORWARDAGENT] =
	OTHER("forwardagent", KIND_FORWARDAGENT, H, "no", NULL),
[ID_CONNECTTIMEOUT] = TIME("connecttimeout", H, "none"),
[ID_TUNNELDEVICE] =
	OTHER("tunneldevice", KIND_TUNDEVICE, HARMLESS, "any:any", NULL),
[ID_CANONICALIZEPERMITTEDCNAMES] = OTHER("canonicalizepermittedcnames",
	KIND_CNAMES, HARMLESS, "none", NULL),
[ID_CONTROLPERSIST] =
	OTHER("controlpersist", KIND_PERSIST, HARMLESS, "no", NULL),
[ID_ESCAPECHAR] = OTHER("escapechar", KIND_ESCAPE, HARMLESS, "~", NULL),
[ID_IPQOS] = OTHER("ipqos", KIND_IPQOS, PROMISE, "af21 cs1", NULL),
[ID_REKEYLIMIT] = OTHER("rekeylimit", KIND_REKEY, PROMISE, "0", NULL),
[ID_STREAMLOCALBINDMASK] =
	OTHER("streamlocalbindmask", KIND_MASK, HARMLESS, "0177", NULL),
[ID_SYSLOGFACILITY] = CHOICE("syslogfacility", HARMLESS, "USER", facility),
[ID_PROXYCOMMAND] = COMMAND("proxycommand", H),

[ID_PROXYJUMP] = OTHER("proxyjump", KIND_JUMP, H, NULL, NULL),
[ID_MATCH] = OTHER("match", KIND_BLOCK, H, NULL, NULL),
[ID_INCLUDE] = OTHER("include", KIND_BLOCK, H, NULL, NULL),
[ID_IGNORED] = OTHER("protocol", KIND_IGNORED, HARMLESS, NULL, NULL),
[ID_UNSUPPORTED] =
	OTHER("rsaauthentication", KIND_UNSUPPORTED, HARMLESS, NULL, NULL),
[ID_UNKNOWN] = OTHER("", KIND_IGNORED, HARMLESS, NULL, NULL),
[ID_AGENTPATH] = OTHER("", KIND_IGNORED, HARMLESS, NULL, NULL),
[ID_REKEYTIME] = OTHER("", KIND_IGNORED, HARMLESS, NULL, NULL),
};

static const struct {
	const char *name;
	enum sshconf_id id;
} aliases[] = {
	{ "challengeresponseauthentication", ID_KBDINTERACTIVEAUTHENTICATION },
	{ "skeyauthentication", ID_KBDINTERACTIVEAUTHENTICATION },
	{ "tisauthentication", ID_KBDINTERACTIVEAUTHENTICATION },
	{ "dsaauthentication", ID_PUBKEYAUTHENTICATION },
	{ "identityfile2", ID_IDENTITYFILE },
	{ "keepalive", ID_TCPKEEPALIVE },
	{ "smartcarddevice", ID_PKCS11PROVIDER },
	{ "hostbasedkeytypes", ID_HOSTBASEDACCEPTEDALGORITHMS },
	{ "pubkeyacceptedkeytypes", ID_PUBKEYACCEPTEDALGORITHMS },

	{ "cipher", ID_IGNORED }, { "fallbacktorsh", ID_IGNORED },
	{ "globalknownhostsfile2", ID_IGNORED },
	{ "rhostsauthentication", ID_IGNORED },
	{ "userknownhostsfile2", ID_IGNORED },
	{ "useroaming", ID_IGNORED }, { "usersh", ID_IGNORED },
	{ "useprivilegedport", ID_IGNORED },

	{ "afstokenpassing", ID_UNSUPPORTED },
	{ "kerberosauthentication", ID_UNSUPPORTED },
	{ "kerberostgtpassing", ID_UNSUPPORTED },
	{ "rhostsrsaauthentication", ID_UNSUPPORTED },
	{ "compressionlevel", ID_UNSUPPORTED },

	/* Not OpenSSH's own, but widely patched into it: configurations of
	 * Debian and Fedora have them. */
	{ "gssapikeyexchange", ID_IGNORED },
	{ "gssapiclientidentity", ID_IGNORED },
	{ "gssapiserveridentity", ID_IGNORED },
	{ "gssapirenewalforcesrekey", ID_IGNORED },
	{ "gssapitrustdns", ID_IGNORED },
	{ "gssapikexalgorithms", ID_IGNORED },
	{ "protocolkeepalives", ID_SERVERALIVEINTERVAL },
	{ "setuptimeout", ID_SERVERALIVEINTERVAL },
};

enum sshconf_id
sshconf_find(const char *name)
{
	if (*name == '\0')
		return ID_UNKNOWN;
	for (int id = 0; id < ID_COUNT; id++)
		if (strcmp(sshconf_keywords[id].name, name) == 0)
			return (enum sshconf_id)id;
	for (size_t i = 0; i < sizeof(aliases) / sizeof(*aliases); i++)
		if (strcmp(aliases[i].name, name) == 0)
			return aliases[i].id;
	return ID_UNKNOWN;
}
