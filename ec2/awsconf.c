/* SPDX-License-Identifier: BSD-2-Clause */
#include "config.h"

#include <errno.h>
#include <fcntl.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "awsconf.h"
#include "buf.h"
#include "env.h"
#include "inifile.h"
#include "mem.h"
#include "msg.h"

#define FAILED 3
#define LARGEST (1 << 20)

struct awsconf {
	struct inifile	*config, *credentials, *own;	/* NULL: no file */
	char		*profile;
	bool		 named;
};

static const char *
filled(const char *text)
{
	return text != NULL && *text != '\0' ? text : NULL;
}

/* The path that the environment has in VARIABLE, or ~/.aws/NAME. */
static char *
aws_path(const char *variable, const char *name)
{
	const char *path = env_text(variable), *home = env_text("HOME");
	struct passwd *user;

	if (path != NULL)
		return mem_dup(path);
	if (home == NULL) {
		user = getpwuid(getuid());
		home = user != NULL ? user->pw_dir : "";
	}
	return mem_print("%s/.aws/%s", home, name);
}

static void
read_all(int fd, const char *path, struct buf *text)
{
	ssize_t got;

	/* All of it at once: a buffer that grows leaves secrets behind. */
	buf_reserve(text, LARGEST + 1);
	do {
		got = read(fd, text->data + text->len, LARGEST + 1 - text->len);
		if (got > 0)
			text->len += (size_t)got;
	} while (got > 0 || (got < 0 && errno == EINTR));
	if (got < 0)
		msg_die(FAILED, "%s: %s", path, strerror(errno));
	if (text->len > LARGEST)
		msg_die(FAILED, "%s: more than %d bytes", path, LARGEST);
}

/* NULL: there is no such file, which only one that was NEEDED may not be.
 * *MODE is its mode if it is a plain file. */
static struct inifile *
read_file(const char *path, bool needed, mode_t *mode)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), line;
	struct buf text = { 0 };
	struct inifile *file;
	struct stat status;

	if (fd < 0 && !needed && (errno == ENOENT || errno == ENOTDIR))
		return NULL;
	if (fd < 0)
		msg_die(FAILED, "%s: %s", path, strerror(errno));
	*mode = fstat(fd, &status) == 0 && S_ISREG(status.st_mode) ?
	    status.st_mode & 07777 : 0;
	read_all(fd, path, &text);
	close(fd);
	file = inifile_parse(text.data, text.len, &line);
	buf_wipe(&text);
	if (line > 0)
		msg_die(FAILED, "%s, line %d: neither \"key = value\" nor "
		    "\"[section]\"", path, line);
	return file;
}

static void
read_own(struct awsconf *conf, const char *path)
{
	mode_t mode;

	conf->own = read_file(path, true, &mode);
	if ((mode & 077) != 0 && (awsconf_own(conf, "accesskey") != NULL ||
	    awsconf_own(conf, "secretkey") != NULL))
		msg_die(FAILED, "%s has keys in it, and others may read it "
		    "(mode %04o): chmod 600 %s", path, (unsigned)mode, path);
}

static char *
config_section(const char *profile)
{
	return strcmp(profile, "default") == 0 ? mem_dup(profile) :
	    mem_print("profile %s", profile);
}

bool
awsconf_has(const struct awsconf *conf, const char *profile)
{
	char *section = config_section(profile);
	bool there = (conf->credentials != NULL &&
	    inifile_has(conf->credentials, profile)) ||
	    (conf->config != NULL && inifile_has(conf->config, section));

	free(section);
	return there;
}

static void
choose_profile(struct awsconf *conf, const char *profile)
{
	bool chosen = true;

	conf->named = profile != NULL;
	if (profile == NULL)
		profile = env_text("AWS_PROFILE");
	if (filled(profile) == NULL)
		profile = env_text("AWS_DEFAULT_PROFILE");
	if (profile == NULL) {
		profile = "default";
		chosen = false;
	}
	conf->profile = mem_dup(profile);
	if (chosen && strcmp(profile, "default") != 0 &&
	    !awsconf_has(conf, profile))
		msg_die(FAILED, "profile \"%s\" is in neither of AWS's files "
		    "(~/.aws/config and ~/.aws/credentials)", profile);
}

struct awsconf *
awsconf_read(const char *profile, const char *own)
{
	struct awsconf *conf = mem_zero(sizeof(*conf));
	char *path = aws_path("AWS_CONFIG_FILE", "config");
	mode_t mode;

	conf->config = read_file(path, false, &mode);
	free(path);
	path = aws_path("AWS_SHARED_CREDENTIALS_FILE", "credentials");
	conf->credentials = read_file(path, false, &mode);
	free(path);
	if (own != NULL)
		read_own(conf, own);
	choose_profile(conf, profile);
	return conf;
}

bool
awsconf_named(const struct awsconf *conf)
{
	return conf->named;
}

const char *
awsconf_profile(const struct awsconf *conf)
{
	return conf->profile;
}

const char *
awsconf_get(const struct awsconf *conf, const char *profile, const char *key)
{
	const char *value = NULL;
	char *section;

	if (profile == NULL)
		profile = conf->profile;
	if (conf->credentials != NULL)
		value = filled(inifile_get(conf->credentials, profile, key));
	if (value != NULL || conf->config == NULL)
		return value;
	section = config_section(profile);
	value = filled(inifile_get(conf->config, section, key));
	free(section);
	return value;
}

/* The value of KEY in LINES of the form "key = value": it ends with its line,
 * so that it comes in fresh memory. */
static char *
value_in(const char *lines, const char *key)
{
	int line;
	struct inifile *file = inifile_parse(lines, strlen(lines), &line);
	char *value = mem_dup(filled(inifile_get(file, "", key)));

	inifile_free(file);
	return value;
}

char *
awsconf_service(const struct awsconf *conf, const char *service,
    const char *key)
{
	const char *name = awsconf_get(conf, NULL, "services"), *lines;
	char *section;

	if (name == NULL || conf->config == NULL)
		return NULL;
	section = mem_print("services %s", name);
	lines = inifile_get(conf->config, section, service);
	free(section);
	return lines != NULL ? value_in(lines, key) : NULL;
}

const char *
awsconf_own(const struct awsconf *conf, const char *key)
{
	if (conf->own == NULL)
		return NULL;
	return filled(inifile_get(conf->own, "", key));
}

void
awsconf_free(struct awsconf *conf)
{
	if (conf == NULL)
		return;
	inifile_free(conf->config);
	inifile_free(conf->credentials);
	inifile_free(conf->own);
	free(conf->profile);
	free(conf);
}
