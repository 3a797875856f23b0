#!/bin/bash
# Makes a signed apt repository in the folder it runs in: the packages and the layout of pkgs.k8s.io.
# build.sh VERSION FILES KUBERNETES FLANNEL_CNI ARCHIVE_KEY: the last four are folders.
set -euo pipefail
version=$1 files=$2 kubernetes=$3 flannel_cni=$4 archive_key=$5

repository="core:/stable:/v${version%.*}/deb"
trees=$(mktemp --directory)
# Apart from the trees, for gpg's agent; a short path, for its socket.
export GNUPGHOME=$trees/gpg
trap 'gpgconf --kill all; rm --recursive --force "$trees"' EXIT

# pack NAME VERSION DEPENDS DESCRIPTION: makes a package of the tree named so.
pack() {
    mkdir --parents "$trees/$1/DEBIAN"
    cat >"$trees/$1/DEBIAN/control" <<EOF
Package: $1
Version: $2
Architecture: amd64
Section: admin
Priority: optional
Maintainer: Decenter
Depends: $3
Description: $4
EOF
    # Unpacking is on the way of every new node: speed before size.
    dpkg-deb --root-owner-group -Zzstd -z1 --build "$trees/$1" "$repository/amd64" >/dev/null
}

mkdir --parents "$repository/amd64"
for program in kubeadm kubectl kubelet; do
    install -D "$kubernetes/$program" "$trees/$program/usr/bin/$program"
done
install -D --mode=0644 "$files/kubelet.service" "$trees/kubelet/usr/lib/systemd/system/kubelet.service"
install -D --mode=0644 "$files/10-kubeadm.conf" "$trees/kubeadm/usr/lib/systemd/system/kubelet.service.d/10-kubeadm.conf"

(cd "$trees" && apt-get --quiet=2 --option=APT::Sandbox::User=root download containernetworking-plugins && dpkg-deb --extract containernetworking-plugins_*.deb cni)
cni_version=$(dpkg-deb --field "$trees"/containernetworking-plugins_*.deb Version)
install -D --target-directory="$trees/kubernetes-cni/opt/cni/bin" "$trees"/cni/usr/lib/cni/* "$flannel_cni/flannel"

pack kubeadm "$version-1.1" "kubelet (>= $version)" "Command-line utility for administering a Kubernetes cluster"
pack kubectl "$version-1.1" base-files "Command-line utility for interacting with a Kubernetes cluster"
pack kubelet "$version-1.1" "iptables, kubernetes-cni, iproute2, mount, util-linux" "Node agent for Kubernetes clusters"
pack kubernetes-cni "${cni_version%%+*}-1.1" libc6 "Binaries required to provision Kubernetes container networking"

mkdir --mode=0700 "$GNUPGHOME"
gpg --batch --quiet --import "$archive_key/secret.asc"
cp "$archive_key/Release.key" "$repository/Release.key"
cd "$repository"
apt-ftparchive packages . >Packages
gzip --keep Packages
apt-ftparchive release . >"$trees/Release"
mv "$trees/Release" Release
gpg --batch --quiet --armor --detach-sign --output Release.gpg Release
gpg --batch --quiet --clearsign --output InRelease Release
