package main

import (
	"context"
	"errors"
	"net"
	"net/url"
	"os"

	"github.com/spf13/pflag"
	"go.opentelemetry.io/otel/trace/noop"
	"k8s.io/apiextensions-apiserver/pkg/apiserver"
	"k8s.io/apiextensions-apiserver/pkg/cmd/server/options"
	definitions "k8s.io/apiextensions-apiserver/pkg/generated/openapi"
	namer "k8s.io/apiserver/pkg/endpoints/openapi"
	genericapiserver "k8s.io/apiserver/pkg/server"
	"k8s.io/apiserver/pkg/util/openapi"
	"k8s.io/apiserver/pkg/util/webhook"
	"k8s.io/client-go/kubernetes/scheme"
)

// serveResources serves definitions and the custom resources that they define, and no others: no pods, no namespaces.
func serveResources(ctx context.Context, kubeconfig string, words []string) error {
	// 1. The options of Kubernetes' own program, less what asks a server with pods and namespaces, for there is none.
	o := options.NewCustomResourceDefinitionsServerOptions(os.Stdout, os.Stderr)
	recommended := o.RecommendedOptions
	recommended.CoreAPI, recommended.Admission = nil, nil
	recommended.Features.EnablePriorityAndFairness = false
	recommended.Authentication.RemoteKubeConfigFileOptional = true
	recommended.Authentication.SkipInClusterLookup = true
	recommended.Authorization.RemoteKubeConfigFileOptional = true
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return err
	}
	recommended.SecureServing.Listener = listener
	recommended.SecureServing.ServerCert.CertDirectory = "" // a certificate in memory
	flags := pflag.NewFlagSet("resources", pflag.ContinueOnError)
	o.AddFlags(flags)
	if err := flags.Parse(words); err != nil {
		return err
	}
	if err := o.ServerRunOptions.ComponentGlobalsRegistry.Set(); err != nil {
		return err
	}
	if err := errors.Join(o.Complete(), o.Validate()); err != nil {
		return err
	}

	// 2. Its configuration, put together as that program does it.
	generic := genericapiserver.NewRecommendedConfig(apiserver.Codecs)
	if err := errors.Join(
		recommended.SecureServing.MaybeDefaultWithSelfSignedCerts("localhost", nil, []net.IP{net.IPv4(127, 0, 0, 1)}),
		o.ServerRunOptions.ApplyTo(&generic.Config),
		recommended.ApplyTo(generic),
		o.APIEnablement.ApplyTo(&generic.Config, apiserver.DefaultAPIResourceConfigSource(), apiserver.Scheme),
	); err != nil {
		return err
	}
	types := openapi.GetOpenAPIDefinitionsWithoutDisabledFeatures(definitions.GetOpenAPIDefinitions)
	names := namer.NewDefinitionNamer(apiserver.Scheme, scheme.Scheme)
	generic.OpenAPIConfig = genericapiserver.DefaultOpenAPIConfig(types, names)
	generic.OpenAPIV3Config = genericapiserver.DefaultOpenAPIV3Config(types, names)
	config := apiserver.Config{
		GenericConfig: generic,
		ExtraConfig: apiserver.ExtraConfig{
			CRDRESTOptionsGetter: options.NewCRDRESTOptionsGetter(
				*recommended.Etcd, generic.ResourceTransformers, generic.StorageObjectCountTracker),
			ServiceResolver: noServices{},
			AuthResolverWrapper: webhook.NewDefaultAuthenticationInfoResolverWrapper(
				nil, nil, generic.LoopbackClientConfig, noop.NewTracerProvider()),
		},
	}

	// 3. Until it is told to end. Its own client may do everything; others get that client's token.
	completed := config.Complete()
	completed.GenericConfig.EnableDiscovery = true // no aggregator stands before it
	server, err := completed.New(genericapiserver.NewEmptyDelegate())
	if err != nil {
		return err
	}
	if err := writeKubeconfig(kubeconfig, generic.LoopbackClientConfig); err != nil {
		return err
	}
	return server.GenericAPIServer.PrepareRun().RunWithContext(ctx)
}

// noServices refuses webhooks, which would be reached through services.
type noServices struct{}

func (noServices) ResolveEndpoint(namespace, name string, port int32) (*url.URL, error) {
	return nil, errors.New("there are no services here")
}
