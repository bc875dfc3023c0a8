/* SPDX-License-Identifier: MIT */
/* Guest memory, handed on. */
#include "common/wrap-bus.h"

void
pv_wrap_init(PvWrapBus *wrap, PvBus *inner, const PvBusOps *ops)
{
        wrap->bus = *inner;
        wrap->bus.ops = ops;
        wrap->inner = inner;
}

static PvBus *
inner_of(PvBus *bus)
{
        return ((PvWrapBus *) bus)->inner;
}

int
pv_wrap_gpa_alloc(PvBus *bus, size_t n, PvSharing sharing, PvGpa *ret_gpa)
{
        PvBus *inner = inner_of(bus);

        return inner->ops->gpa_alloc(inner, n, sharing, ret_gpa);
}

int
pv_wrap_gpa_free(PvBus *bus, PvGpa gpa)
{
        PvBus *inner = inner_of(bus);

        return inner->ops->gpa_free(inner, gpa);
}

int
pv_wrap_gpa_read(PvBus *bus, PvGpa gpa, void *ret_data, size_t n)
{
        PvBus *inner = inner_of(bus);

        return inner->ops->gpa_read(inner, gpa, ret_data, n);
}

int
pv_wrap_gpa_write(PvBus *bus, PvGpa gpa, const void *data, size_t n)
{
        PvBus *inner = inner_of(bus);

        return inner->ops->gpa_write(inner, gpa, data, n);
}
