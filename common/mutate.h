/* SPDX-License-Identifier: MIT */
/* Wrappers that apply one PvMutation: a device that lies, or a consumer with a seeded bug. */
#ifndef PVABI_COMMON_MUTATE_H
#define PVABI_COMMON_MUTATE_H

#include "common/check.h"
#include "common/consumer.h"
#include "common/device.h"

/*
 * A device around another. base: what the mutation's offsets count from. NULL when the inner create() fails.
 */
void *pv_mutate_device_create(const PvDeviceOps *inner, const PvMutation *mutation, uint64_t base,
                              const PvDeviceEnv *env, const char *revision);
extern const PvDeviceOps pv_mutate_device;
/* Where such a device counts how often its bug shows; borrowed. */
void pv_mutate_device_count(void *state, uint64_t *told);

/* State for pv_mutate_consumer around another consumer and its state; then init() as usual. For free(). */
void *pv_mutate_consumer_new(const PvConsumerOps *inner, void *inner_state, const PvMutation *mutation);
extern const PvConsumerOps pv_mutate_consumer;

/* A bus around the consumer's own, which makes its accesses with the seeded bug. ops->free() leaves inner. */
PvBus *pv_mutate_bus_new(PvBus *inner, const PvMutation *mutation);

/* Does the mutation sit in the consumer, or in how it makes its accesses? */
bool pv_mutates_consumer(const PvMutation *mutation);
bool pv_mutates_bus(const PvMutation *mutation);

static inline void
pv_mutate_reverse(uint8_t *bytes, size_t n)
{
        for (size_t i = 0; i < n / 2; i++) {
                uint8_t byte = bytes[i];

                bytes[i] = bytes[n - 1 - i];
                bytes[n - 1 - i] = byte;
        }
}

/* The width low bytes of value in reverse. */
static inline uint64_t
pv_mutate_swapped(uint64_t value, unsigned width)
{
        uint64_t result = 0;

        for (unsigned i = 0; i < width; i++, value >>= 8)
                result = result << 8 | (value & 0xff);
        return result;
}

#endif
