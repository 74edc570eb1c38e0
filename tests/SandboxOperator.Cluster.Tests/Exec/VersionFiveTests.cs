using System.Security.Cryptography;
using SandboxOperator.Cluster.Tests.Harness;
using SandboxOperator.Kube.Client;
using SandboxOperator.Kube.Exec;
using Shouldly;

namespace SandboxOperator.Cluster.Tests.Exec;

/// <summary>Version 5 of the exec protocol, which can end a command's input, with the handlers of present servers.</summary>
public sealed class VersionFiveTests(ModernServerPod fixture) : IClassFixture<ModernServerPod>
{
    private const int MiB = 1 << 20;

    [Fact]
    public async Task A_command_s_input_ends_and_all_that_it_wrote_comes_back()
    {
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        var pod = await fixture.StartAsync("echo");
        await using var stream = await OpenAsync(pod, deadline.Token, "cat");
        stream.Protocol.ShouldBe("v5.channel.k8s.io");

        var sent = RandomNumberGenerator.GetBytes(8 * MiB);
        var writing = WriteAsync();
        using var received = new MemoryStream();
        await stream.CopyToAsync(received, deadline.Token);
        await writing;
        received.Length.ShouldBe(sent.Length);
        SHA256.HashData(received.ToArray()).ShouldBe(SHA256.HashData(sent));
        (await stream.Completion.WaitAsync(deadline.Token)).ShouldBe(new ExecResult(0, Message: null));

        async Task WriteAsync()
        {
            await stream.WriteAsync(sent, deadline.Token);
            (await stream.CompleteWritingAsync(deadline.Token)).ShouldBeTrue();
        }
    }

    [Fact]
    public async Task Input_that_ends_at_once_is_empty_input()
    {
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        var pod = await fixture.StartAsync("empty");
        await using var stream = await OpenAsync(pod, deadline.Token, "wc", "-c");
        (await stream.CompleteWritingAsync(deadline.Token)).ShouldBeTrue();
        using var reader = new StreamReader(stream);
        (await reader.ReadToEndAsync(deadline.Token)).Trim().ShouldBe("0");
    }

    [Fact]
    public async Task A_command_that_fails_is_told_from_one_that_ends()
    {
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        var pod = await fixture.StartAsync("failing");
        await using var stream = await OpenAsync(pod, deadline.Token, "sh", "-c", "echo done; echo oops >&2; exit 3");
        using var received = new MemoryStream();
        var failed = await Should.ThrowAsync<ExecException>(() => stream.CopyToAsync(received, deadline.Token));
        failed.Result!.ExitCode.ShouldBe(3);
        failed.Message.ShouldContain("oops");
        received.ToArray().ShouldBe("done\n"u8.ToArray());
    }

    [Fact]
    public async Task A_pod_that_is_killed_does_not_look_like_a_command_that_ended()
    {
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        var pod = await fixture.StartAsync("killed");
        await using var stream = await OpenAsync(pod, deadline.Token, "cat");
        var buffer = new byte[16];
        await stream.WriteAsync("here"u8.ToArray(), deadline.Token);
        (await stream.ReadAtLeastAsync(buffer, 4, throwOnEndOfStream: true, deadline.Token)).ShouldBe(4);

        var reading = stream.ReadAsync(buffer, deadline.Token).AsTask();
        await Kubectl.RunAsync("--namespace", pod.Namespace!, "delete", "pod", pod.Name, "--grace-period=0", "--force");
        await Should.ThrowAsync<ExecException>(() => reading);
    }

    [Fact]
    public async Task A_server_that_is_killed_does_not_look_like_a_command_that_ended()
    {
        await using var server = await ModernServer.StartAsync();
        Assert.SkipUnless(server.CanEnd, "The cluster's own server speaks version 5; it is not ours to kill.");
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        var pod = await fixture.StartAsync("cut");
        var (connection, exec) = ModernServerPod.Connect(server);
        using (connection)
        {
            await using var stream = await exec.OpenAsync(pod, ModernServerPod.Container, ["cat"], deadline.Token);
            var reading = stream.ReadAsync(new byte[16], deadline.Token).AsTask();
            await server.EndAsync();
            await Should.ThrowAsync<ExecException>(() => reading);
        }
    }

    [Fact]
    public async Task What_cannot_start_says_why()
    {
        using var deadline = new CancellationTokenSource(Eventually.Deadline);
        var pod = await fixture.StartAsync("strange");
        // A present server agrees to the stream before it asks the node.
        var failed = await Should.ThrowAsync<ExecException>(async () =>
        {
            await using var stream = await OpenAsync(pod, deadline.Token, "no-such-program");
            await stream.CopyToAsync(Stream.Null, deadline.Token);
        });
        failed.Message.ShouldContain("no-such-program");
    }

    private Task<ExecStream> OpenAsync(ObjectKey pod, CancellationToken token, params string[] command) =>
        fixture.Exec.OpenAsync(pod, ModernServerPod.Container, command, token);
}
