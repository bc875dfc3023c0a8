/* SPDX-License-Identifier: MIT */
/* Sockets by name: what parses, who may listen where, and that nothing but a dead socket is ever removed. */
#undef NDEBUG
#include <assert.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "common/endpoint.h"
#include "common/error.h"
#include "common/scratch.h"

static void
parses(const char *text, const char *path, gboolean server)
{
        g_auto(PvEndpoint) endpoint = {0};

        assert(pv_endpoint_parse(text, &endpoint, NULL));
        assert(!strcmp(endpoint.path, path) && endpoint.server == server);
}

static void
refuses(const char *text, const char *part)
{
        PvEndpoint endpoint = {(char *) "untouched", FALSE};
        g_autoptr(GError) error = NULL;

        assert(!pv_endpoint_parse(text, &endpoint, &error));
        assert(g_error_matches(error, PV_ERROR, PV_ERROR_USAGE) && strstr(error->message, part));
        assert(!strcmp(endpoint.path, "untouched"));
}

static void
test_parse(void)
{
        g_autofree char *name = g_strnfill(108, 'a'), *too_long = g_strconcat("unix:", name, NULL);

        parses("unix:/tmp/q", "/tmp/q", FALSE);
        parses("unix:q,server=on", "q", TRUE);
        parses("unix:q,server=on,wait=off", "q", TRUE);
        parses("unix:q,server=on,server=off", "q", FALSE);
        parses("unix:a,,b,server=on", "a,b", TRUE);
        parses("unix:a,,", "a,", FALSE);
        parses("unix:q,", "q", FALSE);
        refuses("", "not the name");
        refuses("tcp:localhost:1", "not the name");
        refuses("unix:", "path is missing");
        refuses("unix:,server=on", "path is missing");
        refuses("unix:q,server=maybe", "'server=maybe'");
        refuses("unix:q,reconnect=1", "'reconnect=1'");
        refuses(too_long, "too long");
}

static int
open_at(const char *path, gboolean server, const char *part)
{
        const PvEndpoint endpoint = {(char *) path, server};
        g_autoptr(GError) error = NULL;
        int fd = pv_endpoint_open(&endpoint, &error);

        assert((fd >= 0) == !part);
        assert(!part || (g_error_matches(error, PV_ERROR, PV_ERROR_USAGE) && strstr(error->message, part)));
        return fd;
}

static void
test_open(const char *folder)
{
        g_autofree char *path = g_build_filename(folder, "socket", NULL);
        g_autofree char *file = g_build_filename(folder, "file", NULL);
        g_autofree char *nowhere = g_build_filename(folder, "no", "where", NULL);
        int listener, client;

        open_at(path, FALSE, "No such file");
        open_at(nowhere, TRUE, "No such file");
        listener = open_at(path, TRUE, NULL);
        client = open_at(path, FALSE, NULL);
        open_at(path, TRUE, "in use"); /* somebody listens */
        close(client);
        close(listener);
        open_at(path, FALSE, "refused");
        close(open_at(path, TRUE, NULL)); /* nobody does any more */
        assert(g_file_set_contents(file, "precious", -1, NULL));
        open_at(file, TRUE, "exists");
        open_at(file, FALSE, "refused");
        assert(g_file_test(file, G_FILE_TEST_IS_REGULAR));
}

int
main(void)
{
        g_autofree char *folder = pv_scratch_folder(NULL);

        assert(folder);
        test_parse();
        test_open(folder);
        pv_scratch_remove(folder);
        return 0;
}
