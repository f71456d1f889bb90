# SPDX-License-Identifier: BSD-2-Clause
# A worker, or any other machine on which tests are run.
#
# @param user             who runs them, and the group of that name
# @param id               the number of both
# @param home             where the user lives
# @param authorized_keys  who may log in as that user: lines of authorized_keys
# @param role             what this machine is, by the partition of the run
# @param role_classes     the software of each role: a role's name, and classes
class cpssh (
  String[1] $user = 'tc',
  Integer[1] $id = 481,
  Pattern[/\A\//] $home = "/home/${user}",
  Array[Pattern[/\A[^\r\n]+\z/]] $authorized_keys = [],
  Optional[Pattern[/\A[a-z][a-z0-9_-]*\z/]] $role = undef,
  Hash[String, Array[String]] $role_classes = {},
) {
  contain cpssh::user
  if $role {
    file { '/etc/cpssh-role':
      ensure  => file,
      mode    => '0644',
      content => "${role}\n",
    }
    $classes = $role_classes[$role]
    if $classes {
      include $classes
    }
  }
}
