/* SPDX-License-Identifier: MIT */
/* Known failures: whom a group speaks of, what it speaks of, and groups that are wrong. */
#include "conformance/expect.h"

#include <glib/gstdio.h>
#include <string.h>

#include "common/error.h"

#define CHECK "[REG-A-001 QEMU "

static char *path;
static PvLoader *loader;
static PvCandidate *candidate;

static void
write_errata(const char *text)
{
        g_assert_true(g_file_set_contents(path, text, -1, NULL));
}

static const PvExpectation *
find(const char *version, const char *type, const PvCell *cell)
{
        static PvExpectations *kept;
        const PvImplementation theirs = {version, type, path};
        g_autoptr(GError) error = NULL;

        g_clear_pointer(&kept, pv_expectations_free);
        kept = pv_expectations_load(loader, candidate, &theirs, &error);
        g_assert_no_error(error);
        return pv_expectations_find(kept, "REG-A-001", cell);
}

static void
test_versions(void)
{
        const PvCell plain = {0};

        write_errata(CHECK "6.0-10.2]\nreason=lost\nsource=cpu.c\n");
        g_assert_cmpstr(find("QEMU 7.2.22", NULL, &plain)->why, ==, "lost; cpu.c");
        g_assert_nonnull(find("QEMU 10.2.1", "pc-q35-6.0", &plain));
        g_assert_null(find("QEMU 5.2.0", NULL, &plain));
        g_assert_null(find("QEMU 11.1.3", NULL, &plain));
        g_assert_null(find("bhyve 7.2", NULL, &plain));
        g_assert_null(find(NULL, NULL, &plain));
        write_errata("[REG-A-001 my-* *]\nsource=mine\n");
        g_assert_nonnull(find("my-vmm", NULL, &plain));
        g_assert_nonnull(find("my-vmm, CPUs as told", NULL, &plain));
        g_assert_null(find("QEMU 7.2.22", NULL, &plain));
        g_assert_null(find(NULL, NULL, &plain));
        write_errata("[REG-A-001 * *]\nsource=mine\n");
        g_assert_nonnull(find(NULL, NULL, &plain));
}

static void
test_conditions(void)
{
        const PvCell plain = {0}, one = {.smp = "1"}, pc = {.smp = "1", .chipset = PV_CHIPSET_PC};

        write_errata(CHECK "*]\nsource=x\ntype=microvm*;isapc\ncell=smp=1*\nlacks=true\n");
        g_assert_true(find("QEMU 7.2.22", "isapc", &one)->lacks);
        g_assert_nonnull(find("QEMU 7.2.22", "microvm", &pc));
        g_assert_null(find("QEMU 7.2.22", "microvm", &plain));
        g_assert_null(find("QEMU 7.2.22", "q35", &one));
        g_assert_null(find("QEMU 7.2.22", NULL, &one));
        write_errata(CHECK "*]\nsource=x\nrevision=qemu-*\n"); /* of a backend; an implementation has none */
        g_assert_null(find("QEMU 7.2.22", "q35", &one));
        write_errata("[REG-B-001 QEMU *]\nsource=x\n");
        g_assert_null(find("QEMU 7.2.22", NULL, &plain));
}

/* Of the ABI whose consumer is spoken of; an implementation has none that it could be asked for. */
static void
test_revision(void)
{
        const PvCell plain = {0};

        write_errata(CHECK "*]\nsource=x\nrevision=qemu-*\n");
        g_assert_null(find("QEMU 7.2.22", NULL, &plain));
}

static const PvExpectation *
admitted(const char *name, const char *check)
{
        static PvExpectations *kept;
        const PvCell answering = {.guest = PV_GUEST_SEV, .phase = PV_PHASE_OS};
        g_autoptr(PvCandidate) other = pv_candidate_parse(loader, name, NULL);

        g_clear_pointer(&kept, pv_expectations_free);
        kept = pv_expectations_load(loader, other, NULL, NULL);
        return pv_expectations_find(kept, check, &answering);
}

/* What one revision cannot do, another beside a register block does. */
static void
test_admitted(void)
{
        g_assert_nonnull(admitted("fwcfg:live/port", "SEV-STA-005"));
        g_assert_null(admitted("fwcfg:map+regblock:qemu-2.7/port", "SEV-STA-005"));
        g_assert_null(admitted("none:ones/fwcfg.port", "SEV-STA-005"));
}

static void
test_wrong(void)
{
        static const char *const wrong[] = {
                "source=x\n",
                CHECK "*]\nreason=x\n",
                CHECK "*]\nsource=x\nmachine=y\n",
                CHECK "*]\nsource=x\nkind=plane\n",
                CHECK "]\nsource=x\n",
                CHECK "x]\nsource=x\n",
                CHECK "6.0 7.0]\nsource=x\n",
                "[REG-A-001 QEMU]\nsource=x\n",
                "[REG-A-001]\nsource=x\n",
        };

        for (gsize i = 0; i < G_N_ELEMENTS(wrong); i++) {
                g_autoptr(GError) error = NULL;

                write_errata(wrong[i]);
                g_assert_false(pv_errata_check(path, &error));
                g_assert_error(error, PV_ERROR, PV_ERROR_USAGE);
                g_assert_null(strchr(error->message, '\n'));
        }
        g_remove(path);
        g_assert_false(pv_errata_check(path, NULL));
}

int
main(int argc, char **argv)
{
        g_autofree char *folder = g_dir_make_tmp("pvabi-expect-XXXXXX", NULL);
        int result;

        g_test_init(&argc, &argv, NULL);
        path = g_build_filename(folder, "errata.ini", NULL);
        loader = pv_loader_new();
        candidate = pv_candidate_parse(loader, "regblock", NULL);
        g_assert_nonnull(candidate);
        g_test_add_func("/expect/versions", test_versions);
        g_test_add_func("/expect/conditions", test_conditions);
        g_test_add_func("/expect/revision", test_revision);
        g_test_add_func("/expect/admitted", test_admitted);
        g_test_add_func("/expect/wrong", test_wrong);
        result = g_test_run();
        pv_candidate_free(candidate);
        pv_loader_free(loader);
        g_rmdir(folder);
        g_free(path);
        return result;
}
