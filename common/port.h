/* SPDX-License-Identifier: MIT */
/* The instructions that make an access: one IN, OUT or MOV each, and REP INSB. x86 alone. Freestanding. */
#ifndef PVABI_COMMON_PORT_H
#define PVABI_COMMON_PORT_H

#include <stddef.h>
#include <stdint.h>

/* width: 1, 2 or 4 bytes, here and below. */
static inline uint32_t
pv_port_in(uint16_t port, unsigned width)
{
        uint32_t value = 0;

        if (width == 1)
                __asm__ volatile("inb %w1, %b0" : "+a"(value) : "Nd"(port) : "memory");
        else if (width == 2)
                __asm__ volatile("inw %w1, %w0" : "+a"(value) : "Nd"(port) : "memory");
        else
                __asm__ volatile("inl %w1, %0" : "=a"(value) : "Nd"(port) : "memory");
        return value;
}

static inline void
pv_port_out(uint16_t port, unsigned width, uint32_t value)
{
        if (width == 1)
                __asm__ volatile("outb %b0, %w1" : : "a"(value), "Nd"(port) : "memory");
        else if (width == 2)
                __asm__ volatile("outw %w0, %w1" : : "a"(value), "Nd"(port) : "memory");
        else
                __asm__ volatile("outl %0, %w1" : : "a"(value), "Nd"(port) : "memory");
}

static inline void
pv_port_in_string(uint16_t port, void *ret_data, size_t n)
{
        __asm__ volatile("rep insb" : "+D"(ret_data), "+c"(n) : "d"(port) : "memory");
}

static inline uint32_t
pv_memory_in(uintptr_t address, unsigned width)
{
        if (width == 1)
                return *(volatile uint8_t *) address;
        return width == 2 ? *(volatile uint16_t *) address : *(volatile uint32_t *) address;
}

static inline void
pv_memory_out(uintptr_t address, unsigned width, uint32_t value)
{
        if (width == 1)
                *(volatile uint8_t *) address = (uint8_t) value;
        else if (width == 2)
                *(volatile uint16_t *) address = (uint16_t) value;
        else
                *(volatile uint32_t *) address = value;
}

#endif
