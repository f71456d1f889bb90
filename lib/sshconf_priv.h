/* SPDX-License-Identifier: BSD-2-Clause */
/* What the files of sshconf share.  Nobody else includes this.
 *
 * Parsing makes one array of lines out of the command line's options and all
 * files, includes put in where they are named.  A query walks over it and
 * notes, for each keyword, the line whose value counts. */
#ifndef SSHCONF_PRIV_H
#define SSHCONF_PRIV_H

#include <stdbool.h>
#include <stddef.h>

#include "algorithms.h"
#include "sshconf.h"

#ifndef SSHCONF_SYSTEM_DIR
#define SSHCONF_SYSTEM_DIR "/etc/ssh"
#endif

/* The keywords, in the order in which `ssh -G` prints them; after
 * ID_PROXYCOMMAND those that it does not print. */
enum sshconf_id {
	ID_HOST, ID_USER, ID_HOSTNAME, ID_PORT,
	ID_ADDRESSFAMILY, ID_BATCHMODE, ID_CANONICALIZEFALLBACKLOCAL,
	ID_CANONICALIZEHOSTNAME, ID_CHECKHOSTIP, ID_COMPRESSION,
	ID_CONTROLMASTER, ID_ENABLESSHKEYSIGN, ID_CLEARALLFORWARDINGS,
	ID_EXITONFORWARDFAILURE, ID_FINGERPRINTHASH, ID_FORWARDX11,
	ID_FORWARDX11TRUSTED, ID_GATEWAYPORTS, ID_GSSAPIAUTHENTICATION,
	ID_GSSAPIDELEGATECREDENTIALS, ID_HASHKNOWNHOSTS,
	ID_HOSTBASEDAUTHENTICATION, ID_IDENTITIESONLY,
	ID_KBDINTERACTIVEAUTHENTICATION, ID_NOHOSTAUTHENTICATIONFORLOCALHOST,
	ID_PASSWORDAUTHENTICATION, ID_PERMITLOCALCOMMAND, ID_PROXYUSEFDPASS,
	ID_PUBKEYAUTHENTICATION, ID_REQUESTTTY, ID_SESSIONTYPE, ID_STDINNULL,
	ID_FORKAFTERAUTHENTICATION, ID_STREAMLOCALBINDUNLINK,
	ID_STRICTHOSTKEYCHECKING, ID_TCPKEEPALIVE, ID_TUNNEL,
	ID_VERIFYHOSTKEYDNS, ID_VISUALHOSTKEY, ID_UPDATEHOSTKEYS,
	ID_ENABLEESCAPECOMMANDLINE, ID_WARNWEAKCRYPTO,
	ID_CANONICALIZEMAXDOTS, ID_CONNECTIONATTEMPTS, ID_FORWARDX11TIMEOUT,
	ID_NUMBEROFPASSWORDPROMPTS, ID_SERVERALIVECOUNTMAX,
	ID_SERVERALIVEINTERVAL, ID_REQUIREDRSASIZE,
	ID_OBSCUREKEYSTROKETIMING,
	ID_BINDADDRESS, ID_BINDINTERFACE, ID_CIPHERS, ID_CONTROLPATH,
	ID_HOSTKEYALGORITHMS, ID_HOSTKEYALIAS,
	ID_HOSTBASEDACCEPTEDALGORITHMS, ID_IDENTITYAGENT, ID_IGNOREUNKNOWN,
	ID_KBDINTERACTIVEDEVICES, ID_KEXALGORITHMS, ID_CASIGNATUREALGORITHMS,
	ID_LOCALCOMMAND, ID_REMOTECOMMAND, ID_LOGLEVEL, ID_MACS,
	ID_PKCS11PROVIDER, ID_SECURITYKEYPROVIDER,
	ID_PREFERREDAUTHENTICATIONS, ID_PUBKEYACCEPTEDALGORITHMS,
	ID_REVOKEDHOSTKEYS, ID_XAUTHLOCATION, ID_KNOWNHOSTSCOMMAND, ID_TAG,
	ID_VERSIONADDENDUM, ID_REFUSECONNECTION,
	ID_DYNAMICFORWARD, ID_LOCALFORWARD, ID_REMOTEFORWARD,
	ID_IDENTITYFILE, ID_CANONICALDOMAINS, ID_CERTIFICATEFILE,
	ID_GLOBALKNOWNHOSTSFILE, ID_USERKNOWNHOSTSFILE, ID_SENDENV,
	ID_SETENV, ID_LOGVERBOSE, ID_CHANNELTIMEOUT, ID_PERMITREMOTEOPEN,
	ID_ADDKEYSTOAGENT, ID_FORWARDAGENT, ID_CONNECTTIMEOUT,
	ID_TUNNELDEVICE, ID_CANONICALIZEPERMITTEDCNAMES, ID_CONTROLPERSIST,
	ID_ESCAPECHAR, ID_IPQOS, ID_REKEYLIMIT, ID_STREAMLOCALBINDMASK,
	ID_SYSLOGFACILITY, ID_PROXYCOMMAND,

	ID_PROXYJUMP, ID_MATCH, ID_INCLUDE,
	ID_IGNORED,		/* deprecated: no effect */
	ID_UNSUPPORTED,		/* no effect, and ssh says so */
	ID_UNKNOWN,		/* not in the table */
	ID_AGENTPATH,		/* ForwardAgent's path, beside its yes or no */
	ID_REKEYTIME,		/* RekeyLimit's second value */
	ID_COUNT
};

/* How a value is written: which parser reads it. */
enum sshconf_kind {
	KIND_CHOICE, KIND_INT, KIND_TIME, KIND_STRING, KIND_COMMAND,
	KIND_PORT, KIND_WORDS, KIND_ALGORITHMS, KIND_SENDENV, KIND_SETENV,
	KIND_FORWARDAGENT, KIND_AGENT, KIND_JUMP, KIND_FORWARD,
	KIND_PERMITOPEN, KIND_ADDKEYS, KIND_TUNDEVICE, KIND_CNAMES,
	KIND_PERSIST, KIND_ESCAPE, KIND_IPQOS, KIND_REKEY, KIND_MASK,
	KIND_DOMAINS, KIND_CHANNELTIMEOUT, KIND_KEYSTROKE, KIND_IGNORED,
	KIND_UNSUPPORTED,
	KIND_BLOCK,		/* Host, Match, Include: no value */
};

/* What becomes of a keyword here. */
enum sshconf_class {
	CLASS_HONOURED,
	CLASS_HARMLESS,		/* nobody misses it */
	CLASS_PROMISE,		/* told with -v unless off */
	CLASS_SECURITY,		/* refuses the host unless off */
};

struct sshconf_choice {		/* the last of an array has no word */
	const char *word;	/* as the user may write it, in any case */
	const char *shown;	/* as `ssh -G` prints it */
	int	 number;
};

struct sshconf_keyword {
	const char *name;	/* in lower case */
	enum sshconf_kind kind;
	enum sshconf_class class;
	const char *fallback;	/* printed if unset; NULL: nothing is */
	const char *off;	/* this value is no promise; NULL: FALLBACK */
	const struct sshconf_choice *choices;	/* of KIND_CHOICE */
	enum algorithms algorithms;		/* of KIND_ALGORITHMS */
};

extern const struct sshconf_keyword sshconf_keywords[ID_COUNT];

/* The keyword called NAME (in lower case), aliases too, or ID_UNKNOWN. */
enum sshconf_id sshconf_find(const char *name);

enum sshconf_op {
	LINE_VALUE,		/* an option */
	LINE_HOST,		/* `words` are the patterns */
	LINE_MATCH,		/* `tests` */
	LINE_FILE,		/* a file begins that nobody included */
	LINE_RETURN,		/* back in the file that included */
	LINE_UNKNOWN,		/* `words[0]` must be in IgnoreUnknown, else
				 * `text` is the error */
};

enum sshconf_criterion {
	TEST_ALL, TEST_CANONICAL, TEST_FINAL, TEST_HOST, TEST_ORIGINALHOST,
	TEST_USER, TEST_LOCALUSER, TEST_TAGGED, TEST_EXEC
};

struct sshconf_test {
	enum sshconf_criterion what;
	bool	 negated;
	char	**patterns;	/* of a list */
	char	*command;	/* of TEST_EXEC */
};

struct sshconf_line {
	enum sshconf_op op;
	enum sshconf_id id;
	bool	 from_user;	/* not from the system's file */
	bool	 reordered;	/* a list of algorithms sets an order */
	unsigned number;	/* in its file */
	const char *file;	/* kept in the sshconf */
	long	 value;		/* number, or place among the choices */
	char	*text;		/* the value as `ssh -G` prints it */
	char	**words;	/* or its words */
	struct sshconf_test *tests;
	size_t	 test_count;
	size_t	 end;		/* of a block: its first line not in it */
};

struct sshconf {
	struct sshconf_line *lines;
	size_t	 count;
	size_t	 options;	/* so many lines are the command line's */
	char	**files;	/* names, for the lines' sake */
	size_t	 file_count;
	size_t	 first_ignore;	/* no IgnoreUnknown is before this line */
	bool	 two_passes;	/* there is a `Match final` */
	char	*user;		/* -l, or NULL */

	/* Who and where we are, asked once. */
	char	*local_user, *home;
	char	uid[24];
	char	this_host[256];
};

/* What is left of a line while its value is read. */
struct sshconf_args {
	const char *keyword;
	char	**words;	/* the next one first */
	const char *rest;	/* everything after the keyword, raw */
};

/* Read a value out of the args into the line.  Returns NULL, or what is wrong
 * in fresh memory. */
typedef char *sshconf_parser(struct sshconf_line *, struct sshconf_args *);

sshconf_parser sshconf_value;	/* for whatever kind the keyword is */
sshconf_parser sshconf_parse_rare;	/* for the kinds that few use */
sshconf_parser sshconf_parse_jump, sshconf_parse_forward;
sshconf_parser sshconf_parse_open;

/* The next word, NULL if there is none. */
char	*sshconf_next(struct sshconf_args *);

/* Cut the next token off *TEXT as OpenSSH's strdelim() does: at blanks or one
 * '=', double quotes hold together.  Changes the text; NULL at its end or if
 * a quote is left open. */
char	*sshconf_token(char **text);

/* Split TEXT into words with OpenSSH's quoting, up to a comment, into a
 * NULL-terminated array for mem_free_all().  NULL: open quote. */
char	**sshconf_split(const char *text);
char	**sshconf_add_word(char **words, size_t *count, const char *word);

/* Numbers as OpenSSH reads them: NULL, or what is wrong ("invalid"). */
const char *sshconf_number(const char *text, long most, long *value);
bool	 sshconf_seconds(const char *text, long *value);

/* A port by number or by name in services(5); 0 if it is none. */
int	 sshconf_port(const char *text);

/* Names that mean nothing else to the shells to which ProxyCommand and Match
 * exec are given, and are no option; ssh insists on them since 9.6. */
bool	 sshconf_good_host(const char *host);
bool	 sshconf_good_user(const char *user);

/* "[user@]host[:port]" or "ssh://...": false if TEXT is neither.  PORT is 0 if
 * not given. */
struct sshconf_place {
	char	*user, *host;
	int	 port;
};
bool	 sshconf_parse_place(const char *text, struct sshconf_place *);
void	 sshconf_clear_place(struct sshconf_place *);

void	 sshconf_clear_line(struct sshconf_line *);

/* Add a line to CONF, emptied but for OP and ID; valid until the next. */
struct sshconf_line *sshconf_add_line(struct sshconf *, enum sshconf_op,
	    enum sshconf_id);

/* Parse one line of text, which is changed.  The parser's place is in WHERE. */
struct sshconf_where {
	struct sshconf *conf;
	const char *file;	/* kept in the sshconf */
	unsigned number;
	bool	 option;	/* from the command line */
	bool	 user;		/* not the system's file */
	bool	 conditional;	/* not for every host */
	bool	 outer;		/* the same, of the file's beginning */
	int	 depth;
	size_t	 block;		/* line of the open Host or Match; 0: none */
};
char	*sshconf_parse_line(struct sshconf_where *, char *text);
char	*sshconf_parse_match(struct sshconf_where *, const char *text);
char	*sshconf_include(struct sshconf_where *, char **paths);
const char *sshconf_keep_name(struct sshconf *, const char *name);

/* As sshconf_read(), from an open FILE that is called NAME: for tests. */
char	*sshconf_read_from(struct sshconf *, const char *name, FILE *file);

/* Tokens. */
struct sshconf_facts {
	const struct sshconf *conf;
	const char *host, *original, *user, *alias, *jump;
	int	 port;
};

/* Replace %tokens of ALLOWED in TEXT, and ${NAME} if DOLLAR.  NULL if it
 * cannot be done, *ERROR in fresh memory then says why. */
char	*sshconf_expand(const struct sshconf_facts *, const char *text,
	    const char *allowed, bool dollar, char **error);
#define TOKENS_USUAL "CLdhijklnpru"
#define TOKENS_PROXY "hknpr"

/* Expand a leading ~ or ~user; NULL and *ERROR as above. */
char	*sshconf_tilde(const struct sshconf *, const char *text,
	    char **error);

struct sshconf_list {		/* lines whose values add up */
	const struct sshconf_line **lines;
	size_t	 count;
};

struct sshconf_query {
	const struct sshconf *conf;
	const struct target *target;
	size_t	 next;		/* line */
	bool	 active, final, done;

	/* A Match that waits for an answer. */
	size_t	 test;
	bool	 matched, answered, answer;
	char	*command;

	const struct sshconf_line *found[ID_COUNT];
	struct sshconf_list identities, certificates, forwards, notes;
	char	**send_env;
	size_t	 send_count;

	char	*host;		/* HostName worked out, after a pass */
	char	*failure;	/* of which ssh would die */
	struct hostconf *result;
};

/* The user and the port as far as they are known by now. */
const char *sshconf_user(const struct sshconf_query *);
int	 sshconf_query_port(const struct sshconf_query *);

/* The name to connect to, by what is known now; fresh. */
char	*sshconf_hostname(struct sshconf_query *);

/* The same as ssh uses it: in lower case, addresses in their usual form. */
char	*sshconf_settle_host(struct sshconf_query *);

/* Take the value of a line that is for the host. */
void	 sshconf_take(struct sshconf_query *, const struct sshconf_line *);

/* Fail unless the word that OpenSSH does not know is to be ignored. */
void	 sshconf_take_unknown(struct sshconf_query *,
	    const struct sshconf_line *);

/* Expand what is in a value once all is known, in a path ~ too; KEYWORD is for
 * the message.  NULL: that failed. */
char	*sshconf_expand_all(struct sshconf_query *, const char *keyword,
	    const char *text, const char *allowed, bool dollar);
char	*sshconf_path(struct sshconf_query *, const char *keyword,
	    const char *text);

/* The walk is over: make result, or set failure. */
void	 sshconf_finish(struct sshconf_query *);

/* Put refusal and notes into the result. */
void	 sshconf_judge(struct sshconf_query *);

/* The first failure counts; takes MESSAGE over. */
void	 sshconf_fail(struct sshconf_query *, char *message);

/* What was set for the keyword, as printed: NULL if nothing was.  The number
 * is FALLBACK then. */
const char *sshconf_text(const struct sshconf_query *, enum sshconf_id);
long	 sshconf_long(const struct sshconf_query *, enum sshconf_id,
	    long fallback);

#endif
