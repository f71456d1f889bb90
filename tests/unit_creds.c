/* SPDX-License-Identifier: BSD-2-Clause */
/* creds, awsconf, place: where keys, regions and endpoints are looked for. */
#include "config.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "awsconf.h"
#include "creds_priv.h"
#include "mem.h"
#include "place.h"
#include "scratch.h"

static char directory[] = "/tmp/unit_creds.XXXXXX";

static void
write_file(const char *name, const char *text, mode_t mode)
{
	FILE *file = fopen(name, "w");

	assert_non_null(file);
	assert_true(fputs(text, file) >= 0);
	assert_int_equal(fclose(file), 0);
	assert_int_equal(chmod(name, mode), 0);
}

static int
set_up(void **state)
{
	static const char *const names[] = {
		"AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY",
		"AWS_SESSION_TOKEN", "AWS_SECURITY_TOKEN", "AWS_PROFILE",
		"AWS_DEFAULT_PROFILE", "AWS_REGION", "AWS_DEFAULT_REGION",
		"AWS_ENDPOINT_URL", "AWS_ENDPOINT_URL_EC2",
		"AWS_ENDPOINT_URL_STS", "AWS_WEB_IDENTITY_TOKEN_FILE",
		"AWS_ROLE_ARN", "AWS_CONTAINER_CREDENTIALS_FULL_URI",
		"AWS_CONTAINER_CREDENTIALS_RELATIVE_URI",
		"AWS_USE_FIPS_ENDPOINT", "AWS_USE_DUALSTACK_ENDPOINT",
		"AWS_IGNORE_CONFIGURED_ENDPOINT_URLS",
	};

	(void)state;
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		unsetenv(names[i]);
	setenv("AWS_EC2_METADATA_DISABLED", "true", 1);
	setenv("AWS_CONFIG_FILE", "config", 1);
	setenv("AWS_SHARED_CREDENTIALS_FILE", "credentials", 1);
	unlink("config");
	unlink("credentials");
	return 0;
}

/* The keys that are found, "ID KEY TOKEN", or why there are none. */
static void
finds(const char *profile, const char *own, const char *expected)
{
	struct awsconf *conf = awsconf_read(profile, own);
	struct creds creds = { 0 };
	char *found = creds_find(&creds, conf, "us-east-1");

	if (found == NULL)
		found = mem_print("%s %s %s", creds.id,
		    secret_text(creds.key), creds.token != NULL ?
		    secret_text(creds.token) : "-");
	if (strncmp(found, expected, strlen(expected)) != 0)
		fail_msg("\"%s\" is not \"%s\"", found, expected);
	free(found);
	creds_clear(&creds);
	awsconf_free(conf);
}

static void
of_environment(void **state)
{
	char token[3000];

	(void)state;
	finds(NULL, NULL, "no credentials: ");
	setenv("AWS_ACCESS_KEY_ID", "ID", 1);
	finds(NULL, NULL, "AWS_ACCESS_KEY_ID is set, but "
	    "AWS_SECRET_ACCESS_KEY is not");
	setenv("AWS_SECRET_ACCESS_KEY", "KEY", 1);
	finds(NULL, NULL, "ID KEY -");
	memset(token, 't', sizeof(token) - 1);
	token[sizeof(token) - 1] = '\0';
	setenv("AWS_SESSION_TOKEN", token, 1);
	memcpy(token, "ID KEY tttt", 11);
	finds(NULL, NULL, token);
	setenv("AWS_SESSION_TOKEN", "a\nX-Header: b", 1);
	finds(NULL, NULL, "the environment: the session token has blanks");
}

static void
of_profiles(void **state)
{
	(void)state;
	write_file("credentials", "[default]\naws_access_key_id = D\n"
	    "aws_secret_access_key = DK\n[half]\naws_access_key_id = H\n"
	    "[two]\naws_access_key_id = T\naws_secret_access_key = TK\n"
	    "aws_session_token = TT\n", 0644);
	write_file("config", "[default]\nregion = eu-west-1\n[profile two]\n"
	    "aws_access_key_id = not this\nregion = eu-west-2\n"
	    "[profile three]\naws_access_key_id = C\n"
	    "aws_secret_access_key = CK\n[profile sso]\n"
	    "sso_start_url = https://x\n", 0644);
	finds(NULL, NULL, "D DK -");
	finds("two", NULL, "T TK TT");
	finds("three", NULL, "C CK -");
	finds("half", NULL, "profile \"half\" has aws_access_key_id, but no "
	    "aws_secret_access_key");
	finds("sso", NULL, "profile \"sso\" logs in by SSO");
	/* The environment's keys come first, unless a profile is named. */
	setenv("AWS_ACCESS_KEY_ID", "E", 1);
	setenv("AWS_SECRET_ACCESS_KEY", "EK", 1);
	finds(NULL, NULL, "E EK -");
	finds("two", NULL, "T TK TT");
	setenv("AWS_PROFILE", "two", 1);
	finds(NULL, NULL, "E EK -");
}

static void
of_processes(void **state)
{
	(void)state;
	write_file("out", "{\"Version\": 1, \"AccessKeyId\": \"P\", "
	    "\"SecretAccessKey\": \"PK\", \"SessionToken\": \"PT\", "
	    "\"Expiration\": \"2099-01-01T00:00:00Z\"}", 0600);
	write_file("config", "[default]\ncredential_process = cat 'out'\n"
	    "[profile fails]\ncredential_process = sh -c \"exit 3 ; true\"\n"
	    "[profile none]\ncredential_process = /none/such\n"
	    "[profile bad]\ncredential_process = echo '{'\n"
	    "[profile less]\ncredential_process = echo '{\"Version\": 1}'\n"
	    "[profile much]\ncredential_process = yes\n"
	    "[profile open]\ncredential_process = echo \"\n", 0600);
	finds(NULL, NULL, "P PK PT");
	finds("fails", NULL, "credential_process: sh: exit status 3");
	finds("none", NULL, "credential_process: /none/such: No such file");
	finds("bad", NULL, "credential_process: the answer is no JSON");
	finds("less", NULL, "credential_process: no AccessKeyId");
	finds("much", NULL, "credential_process: yes: it writes too much");
	finds("open", NULL, "credential_process: there is no command");
}

static void
of_roles(void **state)
{
	(void)state;
	write_file("config", "[default]\nrole_arn = arn:x\n"
	    "[profile mfa]\nrole_arn = arn:x\nsource_profile = default\n"
	    "mfa_serial = arn:y\n[profile lost]\nrole_arn = arn:x\n"
	    "source_profile = nobody\n[profile a]\nrole_arn = arn:x\n"
	    "source_profile = b\n[profile b]\nrole_arn = arn:x\n"
	    "source_profile = a\n[profile web]\nrole_arn = arn:x\n"
	    "web_identity_token_file = none\n[profile far]\n"
	    "role_arn = arn:x\nsource_profile = keys\n[profile keys]\n"
	    "aws_access_key_id = K\naws_secret_access_key = KK\n", 0600);
	finds(NULL, NULL, "profile \"default\" has a role_arn, but neither");
	finds("mfa", NULL, "profile \"mfa\" needs an MFA code");
	finds("lost", NULL, "profile \"lost\": there is no source_profile");
	finds("a", NULL, "profile \"a\": its source_profiles go round");
	finds("web", NULL, "none: No such file");
	setenv("AWS_ENDPOINT_URL_STS", "http://127.0.0.1:1", 1);
	finds("far", NULL, "STS, for role arn:x: ");
	setenv("AWS_CONTAINER_CREDENTIALS_FULL_URI",
	    "http://127.1.example.com/", 1);
	unlink("config");
	finds(NULL, NULL, "AWS_CONTAINER_CREDENTIALS_FULL_URI must be");
}

/* The status of a child that reads this file of ours. */
static int
reads(const char *own)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		awsconf_free(awsconf_read(NULL, own));
		_exit(0);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_true(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void
of_our_file(void **state)
{
	struct awsconf *conf;

	(void)state;
	setenv("AWS_ACCESS_KEY_ID", "E", 1);
	setenv("AWS_SECRET_ACCESS_KEY", "EK", 1);
	write_file("creds.cfg", "accesskey=O\nsecretkey=OK/+=\n"
	    "workerami=ami-1\nregion=eu-north-1\n", 0600);
	finds(NULL, "creds.cfg", "O OK/+= -");
	conf = awsconf_read(NULL, "creds.cfg");
	assert_string_equal(awsconf_own(conf, "workerami"), "ami-1");
	assert_null(awsconf_own(conf, "keypair"));
	awsconf_free(conf);
	assert_int_equal(reads("creds.cfg"), 0);
	assert_int_equal(reads("missing"), 3);
	write_file("creds.cfg", "accesskey=O\nsecretkey=OK\n", 0640);
	assert_int_equal(reads("creds.cfg"), 3);
	write_file("creds.cfg", "accesskey=O\nsecretkey=OK\n", 0604);
	assert_int_equal(reads("creds.cfg"), 3);
	write_file("creds.cfg", "workerami=ami-1\n", 0644);
	assert_int_equal(reads("creds.cfg"), 0);
	finds(NULL, "creds.cfg", "E EK -");
	write_file("creds.cfg", "accesskey=O\n", 0600);
	finds(NULL, "creds.cfg", "the file of --creds has accesskey, but no");
	write_file("creds.cfg", "accesskey\n", 0600);
	assert_int_equal(reads("creds.cfg"), 3);
}

/* Where SERVICE of REGION is, or what is wrong. */
static void
is_at(const char *service, const char *region, const char *endpoint,
    const char *expected)
{
	struct awsconf *conf = awsconf_read(NULL, NULL);
	struct place place;
	char *wrong = place_find(&place, conf, service, region, endpoint);

	assert_string_equal(wrong != NULL ? wrong : place.url, expected);
	free(wrong);
	place_clear(&place);
	awsconf_free(conf);
}

static void
places(void **state)
{
	(void)state;
	is_at("ec2", "us-east-1", NULL, "https://ec2.us-east-1.amazonaws.com/");
	is_at("sts", "cn-north-1", NULL,
	    "https://sts.cn-north-1.amazonaws.com.cn/");
	is_at("ec2", "eusc-de-east-1", NULL,
	    "https://ec2.eusc-de-east-1.amazonaws.eu/");
	setenv("AWS_USE_DUALSTACK_ENDPOINT", "true", 1);
	is_at("ec2", "us-east-1", NULL, "https://ec2.us-east-1.api.aws/");
	setenv("AWS_USE_FIPS_ENDPOINT", "true", 1);
	is_at("ec2", "us-east-1", NULL, "https://ec2-fips.us-east-1.api.aws/");
	is_at("ec2", "a.evil.org/", NULL,
	    "\"a.evil.org/\" is not the name of a region");
	write_file("config", "[default]\nendpoint_url = http://p/\n"
	    "services = s\n[services s]\nec2 =\n  endpoint_url = http://s/x\n",
	    0600);
	is_at("ec2", "r", NULL, "http://s/x/");
	is_at("sts", "r", NULL, "http://p/");
	setenv("AWS_ENDPOINT_URL", "http://e:1", 1);
	is_at("ec2", "r", NULL, "http://e:1/");
	setenv("AWS_ENDPOINT_URL_EC2", "https://f", 1);
	is_at("ec2", "r", NULL, "https://f/");
	is_at("sts", "r", NULL, "http://e:1/");
	is_at("ec2", "r", "http://[::1]:5", "http://[::1]:5/");
	is_at("ec2", "r", "ftp://x", "endpoint \"ftp://x\": it begins with "
	    "neither https:// nor http://");
	is_at("ec2", "r", "http://u@x", "endpoint \"http://u@x\": there must "
	    "be neither a user nor a query nor blanks in it");
	is_at("ec2", "r", "https:///", "endpoint \"https:///\": it names no "
	    "host");
	setenv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true", 1);
	is_at("ec2", "r", NULL, "https://ec2-fips.r.api.aws/");
}

static void
region_is(const char *own, const char *expected)
{
	struct awsconf *conf = awsconf_read(NULL, own);
	char *region = place_region(conf);

	if (expected == NULL)
		assert_null(region);
	else
		assert_string_equal(region, expected);
	free(region);
	awsconf_free(conf);
}

static void
regions(void **state)
{
	(void)state;
	region_is(NULL, NULL);
	write_file("config", "[default]\nregion = of-profile\n", 0600);
	region_is(NULL, "of-profile");
	write_file("creds.cfg", "region=of-ours\n", 0600);
	region_is("creds.cfg", "of-ours");
	setenv("AWS_DEFAULT_REGION", "of-default", 1);
	region_is("creds.cfg", "of-default");
	setenv("AWS_REGION", "of-region", 1);
	region_is(NULL, "of-region");
}

static void
times(void **state)
{
	(void)state;
	assert_int_equal(creds_time("2026-11-22T17:18:00Z"), 1795367880);
	assert_int_equal(creds_time("2026-11-22T17:18:00.123Z"), 1795367880);
	assert_int_equal(creds_time("2026-11-22T18:18:00+01:00"), 1795367880);
	assert_int_equal(creds_time("2026-11-22T15:48:00-0130"), 1795367880);
	assert_int_equal(creds_time("soon"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup(of_environment, set_up),
		cmocka_unit_test_setup(of_profiles, set_up),
		cmocka_unit_test_setup(of_processes, set_up),
		cmocka_unit_test_setup(of_roles, set_up),
		cmocka_unit_test_setup(of_our_file, set_up),
		cmocka_unit_test_setup(places, set_up),
		cmocka_unit_test_setup(regions, set_up),
		cmocka_unit_test(times),
	};
	int failed;

	if (mkdtemp(directory) == NULL || chdir(directory) != 0)
		return 99;
	failed = cmocka_run_group_tests(tests, NULL, NULL);
	if (chdir("/") != 0 || scratch_remove(directory) != 0)
		return 99;
	return failed;
}
