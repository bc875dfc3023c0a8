/* SPDX-License-Identifier: MIT */
/* Arithmetic of the cost model: costs are linear in every parameter, so extremes lie at the ends of ranges. */
#include "bench/cost.h"

/* How often each parameter is paid. It is a range where counts leave open how many exits there were. */
typedef struct Bill {
        PvCostRange times[PV_COST_PARAMETERS];
} Bill;

/* Of several strings only the sum of their bytes is known: each may end with a part of a chunk. */
static PvCostRange
string_exits(const PvCostEnvironment *environment, const PvCounts *counts)
{
        double strings = (double) counts->strings, bytes = (double) counts->string_bytes;
        double fewest;

        if (environment->chunk.high <= 0)
                return (PvCostRange){0, 0};
        fewest = bytes / environment->chunk.high;
        return (PvCostRange){MAX(strings, fewest), strings + bytes / environment->chunk.low};
}

/* The host bridge is asked by a write of an address and a read of a value. */
static void
count_things(const PvCostEnvironment *environment, const PvCounts *counts, PvCostRange *ret_things)
{
        const double things[PV_N_COST_THINGS] = {
                [PV_COST_READ] = (double) counts->reads + (double) counts->platform / 2,
                [PV_COST_WRITE] = (double) counts->writes + (double) counts->platform / 2,
                [PV_COST_STRING_BYTE] = (double) counts->string_bytes,
                [PV_COST_MEMORY_BYTE] = (double) counts->gpa_bytes,
                [PV_COST_SHARED_PAGE] = (double) counts->shared_pages,
        };

        for (int thing = 0; thing < PV_N_COST_THINGS; thing++)
                ret_things[thing] = (PvCostRange){things[thing], things[thing]};
        ret_things[PV_COST_STRING_EXIT] = string_exits(environment, counts);
}

static Bill
bill_of(const PvCostEnvironment *environment, const PvCounts *counts)
{
        PvCostRange things[PV_N_COST_THINGS];
        Bill bill = {0};

        count_things(environment, counts, things);
        for (int thing = 0; thing < PV_N_COST_THINGS; thing++)
                for (guint p = 0; p < PV_COST_PARAMETERS; p++) {
                        bill.times[p].low += things[thing].low * environment->times[thing][p];
                        bill.times[p].high += things[thing].high * environment->times[thing][p];
                }
        return bill;
}

static const PvCostRange *
range_of(const PvCostModel *model, guint parameter)
{
        return &((PvCostParameter *) model->parameters->pdata[parameter])->range;
}

PvCostRange
pv_cost_price(const PvCostModel *model, const PvCostEnvironment *environment, const PvCounts *counts)
{
        return pv_cost_difference(model, environment, counts, &(PvCounts){0});
}

PvCostRange
pv_cost_difference(const PvCostModel *model, const PvCostEnvironment *environment, const PvCounts *a,
                   const PvCounts *b)
{
        Bill left = bill_of(environment, a), right = bill_of(environment, b);
        PvCostRange difference = {0, 0};

        for (guint p = 0; p < model->parameters->len; p++) {
                const PvCostRange *range = range_of(model, p);
                double least = left.times[p].low - right.times[p].high,
                       most = left.times[p].high - right.times[p].low;

                difference.low += least * (least < 0 ? range->high : range->low);
                difference.high += most * (most < 0 ? range->low : range->high);
        }
        return difference;
}

PvCostRange
pv_cost_rendezvous(const PvCostModel *model, gint64 n)
{
        double low = model->smi.low + (double) n * model->smi_cpu.low;
        double high = model->smi.high + (double) n * model->smi_cpu.high;

        return (PvCostRange){MIN(low, model->smi_limit.low), MIN(high, model->smi_limit.high)};
}
