using System.Diagnostics;
using System.Net;
using System.Text;
using SandboxOperator.Api.Agent;
using Shouldly;
using Xunit;

namespace SandboxOperator.Agent.Tests.Serve;

public sealed class FileTests
{
    [Fact]
    public async Task Files_come_back_as_they_were_written_with_an_alias()
    {
        await using var agent = await RunningAgent.StartAsync();
        foreach (var name in (string[])["a.txt", "ä \"quoted\" 100%.csv", "dir/inner/x"])
        {
            var target = "/files/" + Uri.EscapeDataString(name);
            (await PutAsync(agent, target + "?alias=file-1", "content")).StatusCode.ShouldBe(HttpStatusCode.NoContent);
            (await agent.Http.GetStringAsync(new Uri(target, UriKind.Relative))).ShouldBe("content");
            (await File.ReadAllTextAsync(Path.Combine(agent.Data, "file-1"))).ShouldBe("content");
            new FileInfo(Path.Combine(agent.Data, "file-1")).LinkTarget.ShouldBe(name);
        }

        var list = await agent.Http.GetStringAsync(new Uri("/files", UriKind.Relative));
        list.ShouldContain("dir/inner/x");
        list.ShouldNotContain("sandbox-put");
        (await agent.Http.DeleteAsync(new Uri("/files/a.txt", UriKind.Relative))).EnsureSuccessStatusCode();
        await RunningAgent.ShouldFailAsync(
            await agent.Http.GetAsync(new Uri("/files/a.txt", UriKind.Relative)),
            404,
            AgentErrorCodes.NotFound
        );
    }

    [Theory]
    [InlineData("..%2fx")]
    [InlineData("a%2f..%2f..%2fx")]
    [InlineData("%2e%2e/x")]
    [InlineData("a//b")]
    [InlineData("a%0ab")]
    [InlineData("%ff")]
    [InlineData("%zz")]
    [InlineData("%2fetc%2fpasswd")]
    [InlineData(".sandbox-put-1")]
    public async Task Names_that_are_none_are_refused(string name)
    {
        await using var agent = await RunningAgent.StartAsync();
        var target = new Uri(
            "http://agent/files/" + name,
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }
        );

        await RunningAgent.ShouldFailAsync(await agent.Http.GetAsync(target), 400, AgentErrorCodes.InvalidRequest);
    }

    [Fact]
    public async Task A_name_of_300_bytes_is_refused()
    {
        await using var agent = await RunningAgent.StartAsync();

        await RunningAgent.ShouldFailAsync(
            await PutAsync(agent, "/files/" + new string('x', 300), "x"),
            400,
            AgentErrorCodes.InvalidRequest
        );
    }

    [Fact]
    public async Task Links_and_pipes_serve_nothing()
    {
        await using var agent = await RunningAgent.StartAsync();
        File.CreateSymbolicLink(Path.Combine(agent.Data, "passwd"), "/etc/passwd");
        Directory.CreateSymbolicLink(Path.Combine(agent.Data, "etc"), "/etc");
        await Process.Start("mkfifo", [Path.Combine(agent.Data, "fifo")]).WaitForExitAsync();

        foreach (var path in (string[])["passwd", "etc/passwd", "fifo", "etc", "nothing"])
        {
            var answer = await agent.Http.GetAsync(new Uri("/files/" + path, UriKind.Relative));
            await RunningAgent.ShouldFailAsync(answer, 404, AgentErrorCodes.NotFound);
        }

        await RunningAgent.ShouldFailAsync(
            await PutAsync(agent, "/files/etc/new", "x"),
            400,
            AgentErrorCodes.InvalidRequest
        );
        (await PutAsync(agent, "/files/passwd", "mine")).EnsureSuccessStatusCode();
        (await agent.Http.GetStringAsync(new Uri("/files/passwd", UriKind.Relative))).ShouldBe("mine");
        File.ReadAllText("/etc/passwd").ShouldNotBe("mine");
    }

    [Fact]
    public async Task A_file_swapped_for_a_link_is_never_followed()
    {
        await using var agent = await RunningAgent.StartAsync();
        var path = Path.Combine(agent.Data, "f");
        using var stop = new CancellationTokenSource();
        var swapping = Task.Run(() =>
        {
            while (!stop.IsCancellationRequested)
            {
                File.WriteAllText(path + "1", "harmless");
                File.Move(path + "1", path, true);
                File.CreateSymbolicLink(path + "2", "/etc/passwd");
                File.Move(path + "2", path, true);
            }
        });
        // Often, and until both were there: one of the two may rest long.
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(10));
        var served = 0;
        var refused = 0;
        while (served + refused < 2000 || served == 0 || refused == 0)
        {
            var answer = await agent.Http.GetAsync(new Uri("/files/f", UriKind.Relative), deadline.Token);
            if (answer.StatusCode == HttpStatusCode.OK)
            {
                served++;
                (await answer.Content.ReadAsStringAsync(deadline.Token)).ShouldBe("harmless");
            }
            else
            {
                refused++;
                answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
            }
        }

        await stop.CancelAsync();
        await swapping;
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_does_not_fit_is_refused_and_leaves_nothing(bool lengthKnown)
    {
        await using var agent = await RunningAgent.StartAsync(o => o with { DiskBytes = 10_000, Files = 5 });
        var content = new StringContent(new string('x', 20_000));
        content.Headers.ContentLength = lengthKnown ? content.Headers.ContentLength : null;
        var request = new HttpRequestMessage(HttpMethod.Put, "/files/big") { Content = content };
        request.Headers.TransferEncodingChunked = !lengthKnown;

        await RunningAgent.ShouldFailAsync(await agent.Http.SendAsync(request), 507, AgentErrorCodes.DiskFull);

        Directory.EnumerateFileSystemEntries(agent.Data).ShouldBeEmpty();
    }

    private static Task<HttpResponseMessage> PutAsync(RunningAgent agent, string target, string content) =>
        agent.Http.PutAsync(new Uri(target, UriKind.Relative), new ByteArrayContent(Encoding.UTF8.GetBytes(content)));
}
