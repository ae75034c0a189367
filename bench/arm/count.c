/*
 * A QEMU plugin (API version 1, QEMU 6 to 8) that counts executed guest instructions. The guest asks for the count with
 * fsync(MARK + k), which the kernel refuses: a line "count k N" then goes to standard error.
 *
 *   gcc -O2 -shared -fPIC count.c -o count.so
 *   qemu-aarch64 -plugin ./count.so …
 *
 * The few functions used are declared here: Debian packages qemu-user without its header.
 */
#include <inttypes.h>
#include <stddef.h>
#include <stdio.h>

enum { MARK = 0x71620000, MARKS = 16, FSYNC = 82, INLINE_ADD_U64 = 0 };

typedef uint64_t plugin_id;
struct qemu_plugin_tb;
typedef void (*on_translation)(plugin_id, struct qemu_plugin_tb *);
typedef void (*on_syscall)(plugin_id, unsigned, int64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t, uint64_t,
                           uint64_t, uint64_t);

extern void qemu_plugin_register_vcpu_tb_trans_cb(plugin_id, on_translation);
extern void qemu_plugin_register_vcpu_syscall_cb(plugin_id, on_syscall);
extern size_t qemu_plugin_tb_n_insns(const struct qemu_plugin_tb *);
extern void qemu_plugin_register_vcpu_tb_exec_inline(struct qemu_plugin_tb *, int operation, void *target,
                                                     uint64_t operand);

int qemu_plugin_version = 1;

static uint64_t executed;

/* Every block of instructions adds its length when it is entered. */
static void translated(plugin_id id, struct qemu_plugin_tb *block) {
  qemu_plugin_register_vcpu_tb_exec_inline(block, INLINE_ADD_U64, &executed, qemu_plugin_tb_n_insns(block));
}

static void called(plugin_id id, unsigned cpu, int64_t number, uint64_t a1, uint64_t a2, uint64_t a3, uint64_t a4,
                   uint64_t a5, uint64_t a6, uint64_t a7, uint64_t a8) {
  const uint32_t mark = (uint32_t)a1 - MARK;
  if (number == FSYNC && mark < MARKS) fprintf(stderr, "count %" PRIu32 " %" PRIu64 "\n", mark, executed);
}

int qemu_plugin_install(plugin_id id, const void *info, int argc, char **argv) {
  qemu_plugin_register_vcpu_tb_trans_cb(id, translated);
  qemu_plugin_register_vcpu_syscall_cb(id, called);
  return 0;
}
