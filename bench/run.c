/* SPDX-License-Identifier: MIT */
/* Sizes, and what the user is told. */
#include "bench/run.h"

#include <stdio.h>
#include <unistd.h>

#define FOREIGN_MAX 255u /* what a real VMM under TCG takes */
#define EXITS_MAX 1024u  /* where every access is an exit; KVM has no more vCPUs in a machine either */

const uint32_t pv_bench_sizes[PV_BENCH_SIZES] = {1, 4, 64, 255, 1024, 4096, 65535, PV_CPUS_LIMIT};

uint32_t
pv_bench_largest(const PvBench *bench, const PvTarget *target)
{
        uint32_t most = bench->plan->max_n ? bench->plan->max_n : PV_CPUS_LIMIT;

        if (target->ops->device == PV_ORIGIN_THEIRS)
                return MIN(most, FOREIGN_MAX);
        return target->ops == &pv_target_model ? most : MIN(most, EXITS_MAX);
}

void
pv_bench_progress(const char *what, const char *target, uint32_t n)
{
        if (!isatty(STDERR_FILENO))
                return;
        if (n)
                fprintf(stderr, "\r\033[K%s on %s, %u CPUs ", what, target, n);
        else
                fprintf(stderr, "\r\033[K%s", what);
}

void
pv_bench_note(PvRecorder *recorder, const char *what, const char *target, const char *why)
{
        JsonObject *note = pv_record_new("note");
        g_autofree char *text = g_strdup_printf("%s on %s was not measured: %s", what, target, why);

        json_object_set_string_member(note, "text", text);
        pv_recorder_add(recorder, note);
}
