#!/bin/sh
# A hook of mmdebstrap's: unpacks the newest kernel into the new root, without what installing it would bring along (an
# initramfs with everything in it, and the programs that make one).
set -eu
root=$1
export APT_CONFIG="$MMDEBSTRAP_APT_CONFIG"
package=$(apt-cache depends linux-image-cloud-amd64 | sed -n 's/^ *Depends: \(linux-image-[^ ]*\)$/\1/p' | head -n 1)
mkdir "$root/kernel"
cd "$root/kernel"
apt-get -q download "$package"
dpkg-deb --extract "$package"_*.deb .
mkdir -p "$root/usr/lib/modules"
mv lib/modules/* "$root/usr/lib/modules/"
mv boot/vmlinuz-* "$root/boot/vmlinuz"
cd /
rm -r "$root/kernel"
