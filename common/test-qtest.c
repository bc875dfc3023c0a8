/* SPDX-License-Identifier: MIT */
/* The qtest target against a QEMU that misbehaves and, where there is one, against the real one. */
#include <glib/gstdio.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/qemu.h"
#include "common/qtest.h"
#include "common/target.h"

#define FILE_NAME "etc/pvabi-test"

typedef struct Opened {
        PvBus *bus;
        PvHost *host;
        GError *error;
} Opened;

static char *fake_binary, *temporary;

static int
test_content(const PvDeviceEnv *env, const char *revision, unsigned index, PvContent *ret_content)
{
        g_assert_cmpstr(revision, ==, "one");
        if (index >= 2)
                return PV_E_UNSUPPORTED;
        *ret_content = (PvContent){.name = index ? "etc/pvabi-empty" : FILE_NAME};
        if (index == 0) {
                ret_content->size = env->topology->max_cpus * sizeof *env->apic_id;
                ret_content->data = malloc(ret_content->size);
                memcpy(ret_content->data, env->apic_id, ret_content->size);
        }
        return PV_OK;
}

static const PvDeviceOps test_device = {.content = test_content};
static const PvRevision test_revision = {.name = "one"};
static const PvBackend test_backend = {.name = "test", .device = &test_device, .in_qemu = true};
static const PvMachine test_machine = {
        .name = (char *) "test",
        .part = {{.backend = &test_backend, .revision = &test_revision}},
        .n_parts = 1,
};
static const PvTopology flat = {.cpus = 1, .max_cpus = 3, .sockets = 3, .dies = 1, .cores = 1, .threads = 1};

static Opened
open_with(const char *binary, const char *type, const PvSetup *setup)
{
        PvTarget target = {.name = (char *) "qtest", .ops = &pv_target_qtest, .binary = (char *) binary,
                           .machine_type = (char *) type};
        Opened opened = {0};
        gboolean ok = pv_target_qtest.open(&target, setup, &opened.bus, &opened.host, &opened.error);

        g_assert_cmpint(ok, ==, opened.bus != NULL);
        g_assert_cmpint(ok, ==, opened.host != NULL);
        g_assert_cmpint(ok, ==, opened.error == NULL);
        return opened;
}

static Opened
open_fake(const char *mode)
{
        const PvSetup setup = {.machine = &test_machine, .topology = flat};

        g_setenv("PVABI_FAKE_QEMU", mode, TRUE);
        return open_with(fake_binary, NULL, &setup);
}

static void
close_opened(Opened *opened)
{
        g_autoptr(GDir) folder = NULL;

        if (opened->bus)
                opened->bus->ops->free(opened->bus);
        g_clear_error(&opened->error);
        folder = g_dir_open(temporary, 0, NULL);
        g_assert_nonnull(folder);
        g_assert_cmpstr(g_dir_read_name(folder), ==, NULL);
}

static void
assert_error(Opened *opened, int code, const char *part)
{
        g_assert_error(opened->error, PV_ERROR, code);
        g_test_message("%s", opened->error->message);
        if (!strstr(opened->error->message, part))
                g_error("\"%s\" is not in: %s", part, opened->error->message);
        g_assert_null(strchr(opened->error->message, '\n'));
        close_opened(opened);
}

static void
test_relevant_line(void)
{
        static const char *const cases[][2] = {
                {"", NULL},
                {"q: warning: this\nPlease configure -smp options properly\n", NULL},
                {"q: warning: a\n\nqemu-system-x86_64: unsupported machine type\nUse -machine help\n",
                 "unsupported machine type"},
                {"[I +0.1] OPENED\n[R +0.2] inb 0x80\n**\nERROR:../a.c:493:f: assertion failed: (x)\n",
                 "ERROR:../a.c:493:f: assertion failed: (x)"},
                {"no colon", "no colon"},
        };

        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                g_autofree char *line = pv_qemu_relevant_line(cases[i][0]);

                g_assert_cmpstr(line, ==, cases[i][1]);
        }
}

static void
test_usable(void)
{
        PvTarget target = {.name = (char *) "qtest", .ops = &pv_target_qtest, .binary = fake_binary};
        g_autofree char *version = NULL, *why = NULL, *silent = NULL;

        g_setenv("PVABI_FAKE_QEMU", "good", TRUE);
        version = pv_target_qtest.version(&target);
        g_assert_cmpstr(version, ==, "QEMU 0.9.1");
        g_assert_true(pv_target_qtest.usable(&target, &why));
        target.binary = (char *) "/nonexistent/qemu";
        g_assert_false(pv_target_qtest.usable(&target, &why));
        g_assert_nonnull(strstr(why, "apt-get install qemu-system-x86"));
        g_assert_null(pv_target_qtest.version(&target));
        target.binary = (char *) "true";
        g_assert_false(pv_target_qtest.usable(&target, &silent));
        g_assert_nonnull(strstr(silent, "says nothing"));
}

static void
test_chipset(void)
{
        static const struct {
                const char *type;
                PvChipset chipset;
        } cases[] = {{"q35", PV_CHIPSET_Q35},
                     {"pc-q35-7.2", PV_CHIPSET_Q35},
                     {"pc", PV_CHIPSET_PC},
                     {"isapc", PV_CHIPSET_PC},
                     {"pc-i440fx-2.6", PV_CHIPSET_PC}};

        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                const PvTarget target = {.machine_type = (char *) cases[i].type};

                g_assert_cmpint(pv_target_chipset(&target, PV_CHIPSET_PC), ==, cases[i].chipset);
                g_assert_cmpint(pv_target_chipset(&target, PV_CHIPSET_Q35), ==, cases[i].chipset);
        }
        g_assert_cmpint(pv_target_chipset(&(PvTarget){.name = NULL}, PV_CHIPSET_PC), ==, PV_CHIPSET_PC);
        g_assert_cmpint(pv_target_chipset(&(PvTarget){.name = NULL}, PV_CHIPSET_Q35), ==, PV_CHIPSET_Q35);
}

static void
test_limits(void)
{
        static const PvMachine none = {.name = (char *) "none:ones"};
        static const PvMutation lie = {.kind = PV_MUTATE_READ_ADD};
        const PvTopology many = {1, 256, 256, 1, 1, 1}, sparse = {1, 195, 3, 1, 65, 1},
                         bad = {3, 2, 2, 1, 1, 1};
        const struct {
                PvSetup setup;
                int code;
                const char *part;
        } cases[] = {
                {{.machine = &none, .topology = flat}, PV_ERROR_LIMIT, "taken away"},
                {{.machine = &test_machine, .topology = flat, .guest = PV_GUEST_SEV},
                 PV_ERROR_LIMIT,
                 "encrypted"},
                {{.machine = &test_machine, .topology = flat, .mutation = &lie},
                 PV_ERROR_LIMIT,
                 "made to lie"},
                {{.machine = &test_machine, .topology = many}, PV_ERROR_LIMIT, "256"},
                {{.machine = &test_machine, .topology = sparse}, PV_ERROR_LIMIT, "ID 320"},
                {{.machine = &test_machine, .topology = bad}, PV_ERROR_USAGE, "present"},
        };

        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                Opened opened = open_with("/nonexistent/qemu", NULL, &cases[i].setup);

                assert_error(&opened, cases[i].code, cases[i].part);
        }
}

static void
test_not_up(void)
{
        static const char *const cases[][2] = {
                {"exit", "status 1: no such board"},
                {"silent", "did not connect in time"},
                {"mute", "did not answer in time"},
                {"garbage", "hello there"},
                {"qmp-garbage", "220 mail ready"},
                {"qmp-garbage-later", "what"},
                {"qmp-mute-later", "did not answer in time"},
                {"qmp-short-list", "list of CPUs"},
        };
        const PvSetup setup = {.machine = &test_machine, .topology = flat};
        Opened missing = open_with("/nonexistent/qemu", NULL, &setup);

        assert_error(&missing, PV_ERROR_BLOCKED, "apt-get install qemu-system-x86");
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                Opened opened = open_fake(cases[i][0]);

                assert_error(&opened, PV_ERROR_HARNESS, cases[i][1]);
        }
}

/* One access is answered, the next is not; from then on nothing is tried. */
static void
assert_goes(const char *mode, const char *part)
{
        Opened opened = open_fake(mode);
        uint32_t value = 77;
        uint64_t wide;
        gint64 begin;
        PvGpa gpa;

        g_assert_no_error(opened.error);
        g_assert_cmpint(pv_bus_in(opened.bus, 0x80, 1, &value), ==, PV_OK);
        g_assert_cmpuint(value, ==, 0x5a);
        g_assert_null(pv_qtest_why(opened.bus));
        value = 77;
        g_assert_cmpint(pv_bus_in(opened.bus, 0x80, 1, &value), ==, PV_E_GONE);
        g_assert_cmpuint(value, ==, 77);
        g_test_message("%s: %s", mode, pv_qtest_why(opened.bus));
        g_assert_nonnull(strstr(pv_qtest_why(opened.bus), part));
        begin = g_get_monotonic_time();
        g_assert_cmpint(pv_bus_out(opened.bus, 0x80, 1, 0), ==, PV_E_GONE);
        g_assert_cmpint(opened.bus->ops->read(opened.bus, PV_SPACE_MMIO, 0, 8, &wide), ==, PV_E_GONE);
        g_assert_cmpint(opened.bus->ops->gpa_alloc(opened.bus, 1, PV_SHARED, &gpa), ==, PV_E_GONE);
        g_assert_cmpint(opened.bus->ops->read_string(opened.bus, 0x511, &value, 4), ==, PV_E_GONE);
        g_assert_cmpint(g_get_monotonic_time() - begin, <, 50000);
        close_opened(&opened);
}

static void
test_gone(void)
{
        static const char *const cases[][2] = {
                {"close-later", "closed"},
                {"die-later", "closed its socket; its last words: tcg fell over"},
                {"garbage-later", "\\377"},
                {"wide-later", "0x1234567890"},
                {"fail-later", "FAIL"},
                {"babble-later", "without an end"},
                {"dribble-later", "in time"},
                {"interrupts-later", "nothing but interrupts"},
                {"eager", "without being asked"},
        };

        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++)
                assert_goes(cases[i][0], cases[i][1]);
}

static void
test_good(void)
{
        static const uint32_t ids[] = {0, 2, 4};
        Opened opened = open_fake("good");
        uint8_t bytes[250] = {0};
        PvGpa one, two, again;
        PvTruth truth;

        g_assert_no_error(opened.error);
        g_assert_cmpint(opened.host->ops->plug(opened.host, 2), ==, PV_E_REFUSED);
        g_assert_cmpint(opened.host->ops->plug(opened.host, 3), ==, PV_E_REFUSED);
        g_assert_cmpint(opened.host->ops->unplug_request(opened.host, 0), ==, PV_E_REFUSED);
        g_assert_cmpint(opened.host->ops->reset(opened.host), ==, PV_OK);
        g_assert_cmpint(opened.host->ops->save_load(opened.host), ==, PV_OK);
        g_assert_null(opened.host->limit);
        g_assert_cmpint(opened.host->ops->truth(opened.host, &truth), ==, PV_OK);
        g_assert_cmpmem(truth.apic_id, 12, ids, sizeof ids);
        g_assert_cmpuint(truth.present_count, ==, 1);
        g_assert_cmpint(opened.bus->ops->read_string(opened.bus, 0x511, bytes, sizeof bytes), ==, PV_OK);
        for (size_t i = 0; i < sizeof bytes; i++)
                g_assert_cmphex(bytes[i], ==, 0x5a);
        g_assert_cmpint(opened.bus->ops->gpa_alloc(opened.bus, 1, PV_PRIVATE, &one), ==, PV_OK);
        g_assert_cmpint(opened.bus->ops->gpa_alloc(opened.bus, 4097, PV_SHARED, &two), ==, PV_OK);
        g_assert_cmphex(two.value, ==, one.value + 4096);
        g_assert_cmpint(opened.bus->ops->gpa_alloc(opened.bus, SIZE_MAX, PV_SHARED, &again), ==,
                        PV_E_REFUSED);
        g_assert_cmpint(opened.bus->ops->gpa_free(opened.bus, one), ==, PV_OK);
        g_assert_cmpint(opened.bus->ops->gpa_free(opened.bus, one), ==, PV_E_REFUSED);
        g_assert_cmpint(opened.bus->ops->gpa_free(opened.bus, two), ==, PV_OK);
        g_assert_cmpint(opened.bus->ops->gpa_alloc(opened.bus, 1, PV_SHARED, &again), ==, PV_OK);
        g_assert_cmphex(again.value, ==, one.value);
        close_opened(&opened);
}

static void
test_not_migrated(void)
{
        Opened opened = open_fake("no-departure");
        PvTruth truth;

        g_assert_cmpint(opened.host->ops->save_load(opened.host), ==, PV_E_UNSUPPORTED);
        g_assert_nonnull(strstr(opened.host->limit, "a device does not travel"));
        g_assert_cmpint(opened.host->ops->truth(opened.host, &truth), ==, PV_OK);
        close_opened(&opened);
        opened = open_fake("no-arrival");
        g_assert_cmpint(opened.host->ops->save_load(opened.host), ==, PV_E_GONE);
        close_opened(&opened);
}

static void
test_cache_child(void)
{
        g_auto(GStrv) expected = g_strsplit(g_getenv("EXPECTED_IDS"), ",", -1);
        Opened opened = open_fake("good");
        PvTruth truth;

        g_assert_no_error(opened.error);
        g_assert_cmpint(opened.host->ops->truth(opened.host, &truth), ==, PV_OK);
        for (uint32_t i = 0; i < truth.max_cpus; i++)
                g_assert_cmpuint(truth.apic_id[i], ==, g_ascii_strtoull(expected[i], NULL, 10));
        opened.bus->ops->free(opened.bus);
}

static void
test_cache(void)
{
        /* What is in the file before, NULL: no file; and what the target then says. */
        static const char *const cases[][2] = {{NULL, "0,2,4"},           {"7\n8\n9\n", "7,8,9"},
                                               {"7\n7\n9\n", "0,2,4"},    {"7\n8\n9", "0,2,4"},
                                               {"7\n8\n", "0,2,4"},       {"", "0,2,4"},
                                               {"7\n8\n9\n1\n", "0,2,4"}, {"7\nx\n9\n", "0,2,4"}};
        g_autofree char *folder = g_dir_make_tmp("pvabi-cache-XXXXXX", NULL), *path = NULL;

        g_setenv("PVABI_TRUTH_CACHE", folder, TRUE);
        for (size_t i = 0; i < G_N_ELEMENTS(cases); i++) {
                if (cases[i][0])
                        g_assert_true(g_file_set_contents(path, cases[i][0], -1, NULL));
                g_setenv("EXPECTED_IDS", cases[i][1], TRUE);
                g_test_trap_subprocess("/qtest/fake/cache/subprocess", 10000000, G_TEST_SUBPROCESS_DEFAULT);
                g_test_trap_assert_passed();
                if (!path) {
                        g_autoptr(GDir) dir = g_dir_open(folder, 0, NULL);

                        path = g_build_filename(folder, g_dir_read_name(dir), NULL);
                }
        }
        g_unsetenv("PVABI_TRUTH_CACHE");
        g_assert_cmpint(g_unlink(path), ==, 0);
        g_assert_cmpint(g_rmdir(folder), ==, 0);
}

static gboolean
lives(const char *pid)
{
        g_autofree char *path = g_strdup_printf("/proc/%d/stat", atoi(pid)), *text = NULL;

        return g_file_get_contents(path, &text, NULL, NULL) && !strstr(text, ") Z");
}

/* A harness that is killed takes its QEMU with it. */
static void
test_dies_with_us(void)
{
        g_autofree char *path = g_build_filename(temporary, "pid", NULL), *pid_text = NULL;
        int ready[2];
        char byte;
        pid_t pid;

        g_assert_cmpint(pipe(ready), ==, 0);
        g_setenv("PVABI_FAKE_PID_FILE", path, TRUE);
        pid = fork();
        if (pid == 0) {
                Opened opened = open_fake("good");

                byte = opened.bus != NULL;
                if (write(ready[1], &byte, 1) == 1)
                        pause();
                _exit(1);
        }
        g_unsetenv("PVABI_FAKE_PID_FILE");
        g_assert_cmpint(read(ready[0], &byte, 1), ==, 1);
        g_assert_true(byte);
        g_assert_true(g_file_get_contents(path, &pid_text, NULL, NULL));
        g_assert_true(lives(pid_text));
        kill(pid, SIGKILL);
        waitpid(pid, NULL, 0);
        for (int i = 0; i < 200 && lives(pid_text); i++)
                g_usleep(10000);
        g_assert_false(lives(pid_text));
        close(ready[0]);
        close(ready[1]);
        g_unlink(path);
}

static void
add_fake_tests(void)
{
        g_test_add_func("/qtest/fake/relevant-line", test_relevant_line);
        g_test_add_func("/qtest/fake/usable", test_usable);
        g_test_add_func("/qtest/fake/chipset", test_chipset);
        g_test_add_func("/qtest/fake/limits", test_limits);
        g_test_add_func("/qtest/fake/not-up", test_not_up);
        g_test_add_func("/qtest/fake/gone", test_gone);
        g_test_add_func("/qtest/fake/good", test_good);
        g_test_add_func("/qtest/fake/not-migrated", test_not_migrated);
        g_test_add_func("/qtest/fake/cache", test_cache);
        g_test_add_func("/qtest/fake/cache/subprocess", test_cache_child);
        g_test_add_func("/qtest/fake/dies-with-us", test_dies_with_us);
}

int
main(int argc, char **argv)
{
        int r;

        temporary = g_strdup("/tmp/pvabi-test-XXXXXX");
        g_assert_nonnull(g_mkdtemp(temporary));
        g_setenv("TMPDIR", temporary, TRUE);
        g_setenv("PVABI_QTEST_TIMEOUT", "0.5", TRUE);
        g_test_init(&argc, &argv, NULL);
        fake_binary = g_test_build_filename(G_TEST_BUILT, "fake-qemu", NULL);
        add_fake_tests();
        r = g_test_run();
        g_rmdir(temporary);
        g_free(temporary);
        g_free(fake_binary);
        return r;
}
