/* SPDX-License-Identifier: MIT */
/* Entry by PVH: flat 32-bit protected mode, interrupts off, no stack. Any VMM that can boot a PVH kernel can boot this. */
        .section .note.pvh, "a", @note
        .long 4, 4, 18          /* sizes of name and value; XEN_ELFNOTE_PHYS32_ENTRY (Xen public/elfnote.h) */
        .asciz "Xen"
        .long start

        .text
        .globl start
start:
        cli
        cld
        movl $stack_end, %esp
        movl $bss_start, %edi
        movl $bss_end, %ecx
        subl %edi, %ecx
        xorl %eax, %eax
        rep stosb
        call guest_main
halt:
        hlt
        jmp halt

        .section .note.GNU-stack, "", @progbits
