#!/bin/sh
# The machine's initramfs: the modules for its disk, in the order of the file, then the disk.
busybox=/bin/busybox
$busybox mount -t devtmpfs dev /dev
$busybox mount -t proc proc /proc
while read -r module; do $busybox insmod "/modules/$module"; done < /modules/order
tries=0
while [ ! -b /dev/vda ] && [ $tries -lt 600 ]; do
  $busybox usleep 50000
  tries=$((tries + 1))
done
$busybox mount -t ext4 -o rw,noatime /dev/vda /newroot || exec $busybox sh
$busybox umount /proc
$busybox mount --move /dev /newroot/dev
exec $busybox switch_root /newroot /sbin/init
