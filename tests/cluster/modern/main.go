// Command modern-api does, with the code of present API servers, what an older cluster cannot.
package main

import (
	"context"
	"fmt"
	"os"

	genericapiserver "k8s.io/apiserver/pkg/server"
)

const usage = `usage: modern-api resources OWN-KUBECONFIG [FLAG...]
       modern-api exec OWN-KUBECONFIG KUBECONFIG
       modern-api check <OBJECTS
  resources  serves custom resources, kept in etcd (--etcd-servers)
  exec       stands before the API server of KUBECONFIG, where it acts as its user, who must have a client certificate
  check      says which fields and versions of Kubernetes' own objects, in YAML, a present server does not know
The servers listen on a free port of 127.0.0.1, write a kubeconfig for an administrator when they do, and end when told to.`

func main() {
	if err := run(genericapiserver.SetupSignalContext(), os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "modern-api:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, words []string) error {
	switch {
	case len(words) >= 2 && words[0] == "resources":
		return serveResources(ctx, words[1], words[2:])
	case len(words) == 3 && words[0] == "exec":
		return serveExec(ctx, words[1], words[2])
	case len(words) == 1 && words[0] == "check":
		return check(os.Stdin)
	default:
		return fmt.Errorf("%s", usage)
	}
}
