package main

import (
	"os"

	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

// writeKubeconfig writes a file that is there whole or not at all.
func writeKubeconfig(path string, client *rest.Config) error {
	const name = "modern-api"
	config := api.NewConfig()
	config.Clusters[name] = &api.Cluster{
		Server:                   client.Host,
		TLSServerName:            client.ServerName,
		CertificateAuthorityData: client.CAData,
	}
	config.AuthInfos[name] = &api.AuthInfo{Token: client.BearerToken}
	config.Contexts[name] = &api.Context{Cluster: name, AuthInfo: name}
	config.CurrentContext = name
	if err := clientcmd.WriteToFile(*config, path+".part"); err != nil {
		return err
	}
	return os.Rename(path+".part", path)
}
