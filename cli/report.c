/* SPDX-License-Identifier: MIT */
/* pvabi report: record files into reports. */
#include "reports/report.h"

#include <stdio.h>

#include "cli/options.h"
#include "cli/outcome.h"
#include "cli/records.h"
#include "cli/verbs.h"
#include "common/error.h"
#include "common/record.h"

static gboolean
read_all(char **paths, GPtrArray *records, GError **error)
{
        for (guint i = 0; paths[i]; i++) {
                g_autoptr(GPtrArray) more = pv_cli_records_read(paths[i], error);

                if (!more)
                        return FALSE;
                for (guint j = 0; j < more->len; j++)
                        g_ptr_array_add(records, json_object_ref(more->pdata[j]));
        }
        return TRUE;
}

int
pv_verb_report(int argc, char **argv)
{
        g_autoptr(GPtrArray) records = g_ptr_array_new_with_free_func((GDestroyNotify) json_object_unref);
        g_auto(PvOptions) options = {0};
        g_autoptr(GError) error = NULL;
        g_autofree char *missing = NULL;
        int code;

        if (!pv_options_parse(&options, PV_OPTIONS_REPORT | PV_OPTIONS_REST, "RECORDS...",
                              "Makes one report from record files, of which later ones replace what earlier ones say; with -o "
                              "also as files. Its exit code is that of the runs together.",
                              argc, argv, &code))
                return code;
        if (!options.rest) {
                fputs("pvabi: no record file given; 'pvabi compare' writes pvabi-report/" PV_RECORD_FILE "\n", stderr);
                return PV_EXIT_USAGE;
        }
        if (options.formats && !options.out) {
                fputs("pvabi: --format is for files; name their folder with -o\n", stderr);
                return PV_EXIT_USAGE;
        }
        if (!read_all(options.rest, records, &error))
                return pv_complain(error);
        missing = pv_outcome_missing_shards(records, &error);
        if (error)
                return pv_complain(error);
        if (options.out && !pv_report_write(records, options.out, options.formats, &error))
                return pv_complain(error);
        pv_report_terminal(records, pv_wants_color());
        code = pv_outcome(records, options.strict);
        if (missing)
                fprintf(stderr, "pvabi: %s\n", missing);
        return code == PV_EXIT_OK && missing ? PV_EXIT_INCOMPLETE : code;
}
