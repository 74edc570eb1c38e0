using System.Collections.Concurrent;
using System.Net;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using k8s;
using k8s.Models;
using Microsoft.AspNetCore.Hosting;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Exec;
using SandboxOperator.Kube.Tests.Fakes;
using Shouldly;

namespace SandboxOperator.Kube.Tests.Client;

public sealed class TlsTests
{
    [Theory]
    [InlineData("127.0.0.1", null, true, true)]
    [InlineData("another.example", null, true, false)]
    [InlineData("127.0.0.1", null, false, false)]
    [InlineData("another.example", "another.example", true, true)]
    [InlineData("another.example", "another.example", false, false)]
    [InlineData("127.0.0.1", "another.example", true, false)]
    public async Task Only_a_certificate_of_our_authority_for_this_host_is_good(
        string host,
        string? expected,
        bool ours,
        bool isGood
    )
    {
        using var authority = Authority("CN=cluster");
        using var stranger = Authority("CN=cluster");
        using var certificate = Issue(ours ? authority : stranger, host);
        var asked = new ConcurrentQueue<string?>();
        await using var server = await FakeApiServer.StartAsync(listen =>
            listen.UseHttps(https =>
                https.ServerCertificateSelector = (_, name) =>
                {
                    asked.Enqueue(name);
                    return certificate;
                }
            )
        );
        using var trusted = X509CertificateLoader.LoadCertificate(authority.RawData);
        using var connection = new KubeConnection(
            new KubernetesClientConfiguration
            {
                Host = server.Address.ToString(),
                TlsServerName = expected,
                SslCaCerts = [trusted],
            }
        );
        var client = new KubeClient(connection, TimeProvider.System);
        var exec = new PodExec(connection, client, new ExecOptions(), TimeProvider.System);
        var key = new ObjectKey("default", "a");

        if (isGood)
        {
            (await client.GetAsync<V1Pod>(key, CancellationToken.None)).ShouldBeNull();
        }
        else
        {
            var failure = await Should.ThrowAsync<KubeException>(client.GetAsync<V1Pod>(key, CancellationToken.None));
            failure.Reason.ShouldBe("Unreachable");
            server.Requests.ShouldBeEmpty();
        }

        var refused = await Should.ThrowAsync<ExecException>(
            exec.OpenAsync(key, "agent", ["x"], CancellationToken.None)
        );
        refused.Refused.ShouldBe(isGood ? HttpStatusCode.NotFound : null);
        // What stands before several servers goes by the name, too. An address is not a name that can be asked for.
        asked.Count.ShouldBeGreaterThanOrEqualTo(2);
        asked.ShouldAllBe(name => (name ?? "") == (expected ?? ""));
    }

    private static X509Certificate2 Authority(string name)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest(name, key, HashAlgorithmName.SHA256);
        request.CertificateExtensions.Add(new X509BasicConstraintsExtension(true, false, 0, true));
        return request.CreateSelfSigned(Before, After);
    }

    private static X509Certificate2 Issue(X509Certificate2 authority, string host)
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=server", key, HashAlgorithmName.SHA256);
        var names = new SubjectAlternativeNameBuilder();
        if (IPAddress.TryParse(host, out var address))
        {
            names.AddIpAddress(address);
        }
        else
        {
            names.AddDnsName(host);
        }

        request.CertificateExtensions.Add(names.Build());
        using var issued = request.Create(authority, Before, After, [1, 2, 3, 4]);
        using var withKey = issued.CopyWithPrivateKey(key);
        return X509CertificateLoader.LoadPkcs12(withKey.Export(X509ContentType.Pfx), password: null);
    }

    private static DateTimeOffset Before => TimeProvider.System.GetUtcNow().AddDays(-1);

    private static DateTimeOffset After => TimeProvider.System.GetUtcNow().AddDays(1);
}
