/* SPDX-License-Identifier: MIT */
/* The machine as a device with a seeded bug sees it: its memory, and what it tells the host. */
#include "common/mutate-device.h"

/* Is the bug of this kind, about transfers of n bytes, and does it show? */
static bool
is_transfer(PvDeviceMutant *m, PvMutationKind kind, size_t n)
{
        return (m->mutation.width == 0 || m->mutation.width == n) && pv_mutant_is(m, kind);
}

/* A byte of a transfer that the bug is about. */
static bool
is_byte(const PvDeviceMutant *m, const uint8_t *data, size_t n)
{
        const PvMutation *t = &m->mutation;

        return t->then < n && (data[t->then] & t->mask) == t->match;
}

static int
env_dma_read(void *host, PvGpa gpa, void *ret_data, size_t n)
{
        PvDeviceMutant *m = host;
        const PvMutation *t = &m->mutation;
        uint8_t *data = ret_data;
        int r;

        if (pv_mutant_is(m, PV_MUTATE_DMA_READ_FAIL))
                return PV_E_REFUSED;
        r = m->outer->dma_read(m->outer->host, gpa, data, n);
        if (r)
                return r;
        if (is_byte(m, data, n) && is_transfer(m, PV_MUTATE_DMA_READ_XOR, n))
                data[t->then] ^= (uint8_t) t->operand;
        if (t->then + t->operand <= n && is_transfer(m, PV_MUTATE_DMA_READ_SWAP, n))
                pv_mutate_reverse(data + t->then, t->operand);
        return 0;
}

static bool
all_zeros(const uint8_t *data, size_t n)
{
        while (n > 0 && data[n - 1] == 0)
                n--;
        return n == 0;
}

/* A store that arrived, and what the bug does to it. */
static int
after_dma_write(PvDeviceMutant *m, PvGpa gpa, const uint8_t *data, size_t n)
{
        const PvMutation *t = &m->mutation;
        const uint8_t zero = 0;
        uint8_t byte;
        int r = 0;

        if (is_byte(m, data, n) && is_transfer(m, PV_MUTATE_DMA_WRITE_XOR, n)) {
                byte = (uint8_t) (data[t->then] ^ pv_mutant_operand(m));
                r = m->outer->dma_write(m->outer->host, (PvGpa){gpa.value + t->then}, &byte, 1);
        }
        if (t->then + t->operand <= n && is_transfer(m, PV_MUTATE_DMA_WRITE_TEXT, n))
                r = m->outer->dma_write(m->outer->host, (PvGpa){gpa.value + t->then}, t->text, t->operand);
        if (is_transfer(m, PV_MUTATE_DMA_WRITE_LONG, n))
                for (size_t i = 0; i < t->operand && !r; i++)
                        r = m->outer->dma_write(m->outer->host, (PvGpa){gpa.value + n + i}, &zero, 1);
        return r;
}

static int
env_dma_write(void *host, PvGpa gpa, const void *data, size_t n)
{
        PvDeviceMutant *m = host;
        const size_t operand = (size_t) m->mutation.operand;
        const bool zeros = n != m->mutation.width && all_zeros(data, n);
        int r;

        if (is_transfer(m, PV_MUTATE_DMA_WRITE_DROP, n) ||
            (zeros && pv_mutant_is(m, PV_MUTATE_DMA_ZEROS_DROP)))
                return 0;
        if (is_transfer(m, PV_MUTATE_DMA_WRITE_FAIL, n) ||
            (zeros && pv_mutant_is(m, PV_MUTATE_DMA_ZEROS_FAIL)))
                return PV_E_REFUSED;
        if (is_transfer(m, PV_MUTATE_DMA_WRITE_MOVED, n))
                gpa.value += operand;
        if (is_transfer(m, PV_MUTATE_DMA_WRITE_SHORT, n))
                n -= operand < n ? operand : n;
        r = m->outer->dma_write(m->outer->host, gpa, data, n);
        if (r)
                return pv_mutant_is(m, PV_MUTATE_DMA_FORGIVES) ? 0 : r;
        return after_dma_write(m, gpa, data, n);
}

static void
env_notify(void *host, PvNotice notice)
{
        PvDeviceMutant *m = host;

        m->outer->notify(m->outer->host, notice);
}

static void
env_ejected(void *host, uint32_t selector)
{
        PvDeviceMutant *m = host;

        if (pv_mutant_is(m, PV_MUTATE_EJECTED_DROP))
                return;
        if (pv_mutant_is(m, PV_MUTATE_EJECTED_ADD))
                selector += (uint32_t) m->mutation.operand;
        m->outer->ejected(m->outer->host, selector);
}

static void
env_ost(void *host, uint32_t selector, uint32_t event, uint32_t status)
{
        PvDeviceMutant *m = host;

        if (pv_mutant_is(m, PV_MUTATE_OST_DROP))
                return;
        if (pv_mutant_is(m, PV_MUTATE_OST_TWICE))
                m->outer->ost(m->outer->host, selector, event, status);
        if (pv_mutant_is(m, PV_MUTATE_OST_SWAP))
                m->outer->ost(m->outer->host, selector, status, event);
        else
                m->outer->ost(m->outer->host, selector, event, status);
}

static void
env_log(void *host, const char *line)
{
        PvDeviceMutant *m = host;

        m->outer->log(m->outer->host, line);
}

PvDeviceEnv
pv_mutant_env(PvDeviceMutant *m)
{
        PvDeviceEnv env = *m->outer;

        env.host = m;
        env.dma_read = env_dma_read;
        env.dma_write = env_dma_write;
        env.notify = env_notify;
        env.ejected = env_ejected;
        env.ost = env_ost;
        env.log = env_log;
        return env;
}
