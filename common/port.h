/* SPDX-License-Identifier: MIT */
/* The instructions that make an access: one IN or OUT each, and REP INSB. */
#ifndef PVABI_COMMON_PORT_H
#define PVABI_COMMON_PORT_H

#include <stddef.h>
#include <stdint.h>

static inline uint32_t
port_in(uint16_t port, unsigned width)
{
        uint32_t value = 0;

        if (width == 1)
                __asm__ volatile("inb %w1, %b0" : "+a"(value) : "Nd"(port));
        else if (width == 2)
                __asm__ volatile("inw %w1, %w0" : "+a"(value) : "Nd"(port));
        else
                __asm__ volatile("inl %w1, %0" : "=a"(value) : "Nd"(port));
        return value;
}

static inline void
port_out(uint16_t port, unsigned width, uint32_t value)
{
        if (width == 1)
                __asm__ volatile("outb %b0, %w1" : : "a"(value), "Nd"(port) : "memory");
        else if (width == 2)
                __asm__ volatile("outw %w0, %w1" : : "a"(value), "Nd"(port) : "memory");
        else
                __asm__ volatile("outl %0, %w1" : : "a"(value), "Nd"(port) : "memory");
}

static inline void
port_in_string(uint16_t port, void *ret_data, size_t n)
{
        __asm__ volatile("rep insb" : "+D"(ret_data), "+c"(n) : "d"(port) : "memory");
}

#endif
