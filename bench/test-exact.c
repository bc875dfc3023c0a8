/* SPDX-License-Identifier: MIT */
/* Accounts that differ are told apart, whoever it is that differs; on real KVM every question's agree. */
#include "bench/exact.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

#include "common/record.h"

static PvExact
agreeing(void)
{
        PvExact exact = {.vmm.doorbells = 2, .kernel.doorbells = 2};

        for (int i = 0; i < 3; i++) {
                pv_port_counts_add(&exact.guest.ports, 0xcd8, 4, PV_PORT_OUT, 1);
                pv_port_counts_add(&exact.vmm.ports, 0xcd8, 4, PV_PORT_OUT, 1);
                pv_port_counts_add(&exact.kernel.ports, 0xcd8, 4, PV_PORT_OUT, 1);
        }
        /* one instruction, two exits, the second of a single byte */
        pv_port_counts_add(&exact.guest.ports, 0x511, 1, PV_PORT_STRING, 1025);
        pv_port_counts_add(&exact.vmm.ports, 0x511, 1, PV_PORT_STRING, 1024);
        pv_port_counts_add(&exact.vmm.ports, 0x511, 1, PV_PORT_IN, 1);
        pv_port_counts_add(&exact.kernel.ports, 0x511, 1, PV_PORT_STRING, 1024);
        pv_port_counts_add(&exact.kernel.ports, 0x511, 1, PV_PORT_IN, 1);
        return exact;
}

static void
assert_difference(PvExact *exact, const char *words)
{
        pv_exact_compare(exact);
        g_assert_nonnull(exact->difference);
        g_assert_nonnull(strstr(exact->difference, words));
        pv_exact_clear(exact);
}

static void
test_compare(void)
{
        PvExact exact = agreeing();

        pv_exact_compare(&exact);
        g_assert_null(exact.difference);

        exact.guest.ports.count[0].units++;
        assert_difference(&exact, "port 0x0cd8, OUT of 4 bytes: the guest made 4, the VMM saw 3");
        exact = agreeing();
        exact.vmm.ports.count[0].units--;
        assert_difference(&exact, "the VMM saw 2");
        exact = agreeing();
        exact.kernel.ports.count[1].times--;
        assert_difference(&exact, "port 0x0511, IN of 1 bytes");
        exact = agreeing();
        pv_port_counts_add(&exact.kernel.ports, 0x80, 1, PV_PORT_OUT, 1);
        assert_difference(
                &exact,
                "port 0x0080, OUT of 1 bytes: the guest made 0, the VMM saw 0 in 0 exits, the kernel 1");
        exact = agreeing();
        exact.kernel.doorbells++;
        assert_difference(&exact, "doorbells: the VMM saw 2, the kernel 3");
        exact = agreeing();
        exact.vmm.ports.lost = 7;
        assert_difference(&exact, "7 accesses found no room");
}

/* Who was not there is not compared. */
static void
test_without_kernel(void)
{
        PvExact exact = agreeing();

        exact.kernel = (PvExactCount){0};
        exact.kernel_missing = g_strdup("no tracepoints");
        pv_exact_compare(&exact);
        g_assert_null(exact.difference);
        exact.vmm.ports.count[0].units++;
        pv_exact_compare(&exact);
        g_assert_nonnull(exact.difference);
        pv_exact_clear(&exact);
}

/* Every headline candidate, every question, of four CPUs. */
static guint
ask_all(PvLoader *loader, const PvTarget *kvm, PvExits *exits, const char *missing, PvRecorder *recorder)
{
        guint equal = 0;

        for (gsize c = 0; pv_headline[c]; c++) {
                g_autoptr(GError) error = NULL;
                g_autoptr(PvCandidate) candidate = pv_candidate_parse(loader, pv_headline[c], &error);

                g_assert_no_error(error);
                for (int q = 0; q < PV_N_QUESTIONS; q++)
                        equal += (guint) pv_exact_ask(loader, candidate, kvm, (PvQuestion) q, 4, exits,
                                                      missing, recorder);
        }
        return equal;
}

static void
test_kvm(void)
{
        g_autofree char *path = g_build_filename(g_get_tmp_dir(), "pvabi-exact-XXXXXX", NULL), *why = NULL;
        g_autofree char *missing = pv_exits_missing();
        g_autoptr(PvLoader) loader = pv_loader_new();
        g_autoptr(PvTarget) kvm = pv_target_parse("kvm", NULL);
        g_autoptr(PvExits) exits = missing ? NULL : pv_exits_open(0, NULL, NULL);
        g_autoptr(PvRecorder) recorder = NULL;
        g_autoptr(GPtrArray) records = NULL;
        guint equal;

        if (!kvm->ops->usable(kvm, &why)) {
                g_test_skip(why);
                return;
        }
        g_close(g_mkstemp(path), NULL);
        g_file_set_contents(path, "{\"record\":\"run\",\"schema\":1}\n", -1, NULL);
        recorder = pv_recorder_open(path, FALSE, NULL);
        equal = ask_all(loader, kvm, exits, missing, recorder);
        records = pv_record_read(path, NULL);
        unlink(path);
        g_assert_nonnull(records);
        g_assert_cmpuint(records->len, >=, 20); /* not every candidate claims every question */
        for (guint i = 1; i < records->len; i++) { /* behind the header */
                JsonObject *record = records->pdata[i];

                g_assert_cmpstr(pv_record_string(record, "difference"), ==, "");
                g_assert_cmpint(pv_record_int(json_object_get_object_member(record, "vmm"), "units"), >, 0);
                g_assert_cmpint(json_object_has_member(record, "kernel"), ==, !missing);
        }
        g_assert_cmpuint(equal, >=, records->len - 1);
        g_test_message("%u questions, the kernel %s", records->len - 1, missing ? missing : "counted too");
}

int
main(int argc, char **argv)
{
        g_test_init(&argc, &argv, NULL);
        g_test_add_func("/exact/compare", test_compare);
        g_test_add_func("/exact/without-kernel", test_without_kernel);
        g_test_add_func("/exact/kvm", test_kvm);
        return g_test_run();
}
