#!/bin/sh
# Makes a Debian system boot in a container. Argument: the system's root.
set -eu
root=$1
files=$(dirname "$0")

install -m 0644 "$files/testbed.nft" "$root/etc/testbed.nft"
install -m 0644 "$files/testbed-network.service" "$root/etc/systemd/system/testbed-network.service"

# The kernel, its devices and its clock belong to the machine that carries the container.
chroot "$root" systemctl --quiet mask \
    systemd-udevd.service systemd-udevd-control.socket systemd-udevd-kernel.socket \
    systemd-udev-trigger.service systemd-udev-settle.service systemd-modules-load.service systemd-timesyncd.service \
    dev-hugepages.mount sys-kernel-debug.mount sys-kernel-tracing.mount \
    getty.target console-getty.service systemd-logind.service
chroot "$root" systemctl --quiet disable containerd.service \
    apt-daily.timer apt-daily-upgrade.timer dpkg-db-backup.timer e2scrub_all.timer fstrim.timer
chroot "$root" systemctl --quiet enable ssh.service testbed-network.service
chroot "$root" systemctl --quiet set-default multi-user.target

# Each host gets keys of its own, and packages from where its owner says.
rm -f "$root"/etc/ssh/ssh_host_* "$root"/etc/apt/sources.list.d/*
: > "$root/etc/machine-id"
: > "$root/etc/apt/sources.list"
install -d -m 0700 "$root/root/.ssh"
