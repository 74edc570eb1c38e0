# What every script here knows: places, names, addresses, and how to wait. Sourced, never run.
# shellcheck shell=bash disable=SC2034

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
kubernetes_version=1.20.2

# What is built once and kept.
cache=${SANDBOX_CLUSTER_CACHE:-${XDG_CACHE_HOME:-$HOME/.cache}/sandbox-operator}
kubernetes=$cache/kubernetes-$kubernetes_version-2 # the last number grows when build-kubernetes changes
image_archives=$cache/images
modern=$cache/modern-api-1-$(cat "$here"/modern/*.go | sha256sum | cut -c -16) # the first number as above

# A cluster is a number: several can run side by side.
number=${SANDBOX_CLUSTER_NUMBER:-0}
[[ $number =~ ^[0-9]$ ]] || { echo "SANDBOX_CLUSTER_NUMBER must be a digit, not '$number'." >&2 && exit 2; }
name=sandbox-cluster-$number
root=/tmp/$name
node=$name
image_store=$cache/containerd-$number

# Its network: 10.200.0.0/16 for number 0, 10.201.0.0/16 for number 1 ...
network=10.$((200 + number))
cable=sandbox-$number # the interface on this machine
host_address=$network.0.1
node_address=$network.0.2
pod_network=$network.16.0/20
service_network=$network.32.0/20
kubernetes_service=$network.32.1

control_plane=(etcd kube-apiserver kube-controller-manager)
node_programs=(kube-scheduler containerd kubelet kube-proxy)

say() { printf '%s\n' "$*" >&2; }

die() {
    say "${0##*/}: $*"
    exit 1
}

need_root() {
    [ "$(id -u)" -eq 0 ] || die "a cluster of our own needs root. Type: sudo $0, or set SANDBOX_TEST_KUBECONFIG."
}

# wait_for SECONDS WHAT COMMAND...: until the command succeeds; dies naming what did not happen.
wait_for() {
    local seconds=$1 what=$2 deadline=$((SECONDS + $1))
    shift 2
    until "$@" >/dev/null 2>&1; do
        [ "$SECONDS" -lt "$deadline" ] || die "$what: not within $seconds s."
        sleep 0.2
    done
}

# The process that holds the cluster's namespaces, seen from outside; fails when the cluster is not up.
holder() {
    local pid
    pid=$(cat "$root/pid" 2>/dev/null) && grep -qs "$root/scripts/inside" "/proc/$pid/cmdline" && echo "$pid"
}

# PID 1 of the cluster, seen from outside.
init() {
    local pid
    pid=$(holder) && pgrep --parent "$pid"
}

# inside COMMAND...: runs a command where the cluster's processes run.
inside() {
    local pid
    pid=$(init) || die "the cluster is not up. Type: make cluster-up"
    nsenter --target "$pid" --pid --mount --net -- "$@"
}

kubectl() { "$kubernetes/bin/kubectl" --kubeconfig "$root/kubeconfig" "$@"; }
