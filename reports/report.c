/* SPDX-License-Identifier: MIT */
/* The front of reports: which formats, into which files. */
#include "reports/report.h"

#include <errno.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "reports/report-writers.h"
/* After the above: PV_ERROR is a verdict there, and the error domain from here on. */
#include "common/error.h"

#define WIDTH_UNKNOWN 80
#define WIDTH_LEAST 40

typedef struct Writer {
        const char *format;
        const char *file;
        void (*write)(const PvReportModel *model, GString *out);
} Writer;

static const Writer writers[] = {
        {"md", "report.md", pv_report_write_md},
        {"html", "report.html", pv_report_write_html},
        {"json", "results.json", pv_report_write_json},
        {"junit", "junit.xml", pv_report_write_junit},
};

static const Writer *
find_writer(const char *format)
{
        for (size_t i = 0; i < G_N_ELEMENTS(writers); i++)
                if (!strcmp(writers[i].format, format))
                        return &writers[i];
        return NULL;
}

/* The writers named, in the order of the table and each once; NULL names all. */
static GPtrArray *
parse_formats(const char *formats, GError **error)
{
        g_auto(GStrv) names = g_strsplit(formats ? formats : "md,html,json,junit", ",", -1);
        g_autoptr(GPtrArray) chosen = g_ptr_array_new();

        for (guint i = 0; i == 0 || names[i]; i++) {
                const Writer *writer = names[i] ? find_writer(g_strstrip(names[i])) : NULL;

                if (!writer) {
                        g_set_error(error, PV_ERROR, PV_ERROR_USAGE,
                                    "unknown report format \"%s\"; known: md, html, json, junit",
                                    names[i] ? names[i] : "");
                        return NULL;
                }
                if (!g_ptr_array_find(chosen, writer, NULL))
                        g_ptr_array_add(chosen, (void *) writer);
        }
        return g_steal_pointer(&chosen);
}

static gboolean
write_file(const Writer *writer, const PvReportModel *model, const char *dir, GError **error)
{
        g_autoptr(GString) text = g_string_new(NULL);
        g_autofree char *path = g_build_filename(dir, writer->file, NULL);
        g_autoptr(GError) cause = NULL;

        writer->write(model, text);
        if (g_file_set_contents(path, text->str, (gssize) text->len, &cause))
                return TRUE;
        g_set_error(error, PV_ERROR, PV_ERROR_USAGE, "cannot write %s: %s; name a writable folder with -o",
                    path, cause->message);
        return FALSE;
}

gboolean
pv_report_write(GPtrArray *records, const char *dir, const char *formats, GError **error)
{
        g_autoptr(GPtrArray) chosen = parse_formats(formats, error);
        g_autoptr(PvReportModel) model = NULL;

        if (!chosen)
                return FALSE;
        if (g_mkdir_with_parents(dir, 0755)) {
                g_set_error(error, PV_ERROR, PV_ERROR_USAGE,
                            "cannot make %s: %s; name a writable folder with -o", dir, g_strerror(errno));
                return FALSE;
        }
        model = pv_report_model_new(records);
        for (guint i = 0; i < chosen->len; i++)
                if (!write_file(chosen->pdata[i], model, dir, error))
                        return FALSE;
        return TRUE;
}

char *
pv_report_files(const char *formats)
{
        g_autoptr(GPtrArray) chosen = parse_formats(formats, NULL);
        GString *names = g_string_new(NULL);

        for (guint i = 0; chosen && i < chosen->len; i++)
                g_string_append_printf(names, "%s%s", i ? ", " : "",
                                       ((const Writer *) chosen->pdata[i])->file);
        return g_string_free(names, FALSE);
}

static guint
terminal_width(void)
{
        const char *columns = g_getenv("COLUMNS");
        guint64 width = columns ? g_ascii_strtoull(columns, NULL, 10) : 0;
        struct winsize size;

        if (width == 0 && isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0)
                width = size.ws_col;
        return width ? (guint) CLAMP(width, WIDTH_LEAST, G_MAXUINT16) : WIDTH_UNKNOWN;
}

static void
print(GPtrArray *records, gboolean color, void (*write)(const PvReportModel *, guint, gboolean, GString *))
{
        g_autoptr(PvReportModel) model = pv_report_model_new(records);
        g_autoptr(GString) text = g_string_new(NULL);

        write(model, terminal_width(), color, text);
        g_print("%s", text->str);
}

void
pv_report_terminal(GPtrArray *records, gboolean color)
{
        print(records, color, pv_report_write_terminal);
}

void
pv_report_terminal_ledger(GPtrArray *records, gboolean color)
{
        print(records, color, pv_report_write_ledger);
}
