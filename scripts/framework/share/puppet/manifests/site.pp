# SPDX-License-Identifier: BSD-2-Clause
# Written by newmaster; a file of another kind here is left alone.
#
# Every machine with a certificate is a worker.  What it is besides stands in
# data/roles.yaml, which workers-roles writes from a run's partition.
node default {
  $roles = lookup('cpssh::roles', Hash[String, String], 'first', {})
  class { 'cpssh':
    role => $roles[$trusted['certname']],
  }
}
