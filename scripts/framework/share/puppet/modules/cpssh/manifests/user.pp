# SPDX-License-Identifier: BSD-2-Clause
# The user that tests are run as, who may be logged in as by key alone.
class cpssh::user {
  $user = $cpssh::user
  $home = $cpssh::home

  group { $user:
    ensure => present,
    gid    => $cpssh::id,
  }
  user { $user:
    ensure     => present,
    uid        => $cpssh::id,
    gid        => $cpssh::id,
    home       => $home,
    shell      => '/bin/bash',
    comment    => 'runs tests',
    managehome => true,
    require    => Group[$user],
  }
  file { $home:
    ensure  => directory,
    owner   => $user,
    group   => $user,
    mode    => '0755',
    require => User[$user],
  }
  file { "${home}/.ssh":
    ensure => directory,
    owner  => $user,
    group  => $user,
    mode   => '0700',
  }
  file { "${home}/.ssh/authorized_keys":
    ensure  => file,
    owner   => $user,
    group   => $user,
    mode    => '0600',
    content => $cpssh::authorized_keys.map |$key| { "${key}\n" }.join,
  }
}
