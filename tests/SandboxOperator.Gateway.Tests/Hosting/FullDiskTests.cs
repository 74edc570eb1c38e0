using System.ComponentModel;
using System.Diagnostics;
using System.Net;
using System.Text;
using System.Text.Json.Nodes;

namespace SandboxOperator.Gateway.Tests.Hosting;

/// <summary>A data directory on a disk of 32 MiB that fills up. Needs the right to mount one.</summary>
public sealed class FullDiskTests : IDisposable
{
    private const int MiB = 1024 * 1024;
    private readonly string _disk = Directory.CreateTempSubdirectory("disk-").FullName;
    private readonly bool _mounted;

    public FullDiskTests() => _mounted = Run("mount", "-t", "tmpfs", "-o", "size=32m", "none", _disk);

    public void Dispose()
    {
        if (_mounted)
        {
            Run("umount", "-l", _disk);
        }
        Directory.Delete(_disk);
    }

    [Fact]
    public async Task On_a_disk_that_others_filled_writes_are_refused_and_go_on_when_there_is_room()
    {
        Assert.SkipUnless(_mounted, "A small disk cannot be mounted here.");
        var data = Path.Combine(_disk, "data");
        var filler = Path.Combine(_disk, "filler");
        var threads = new List<string>();
        string file;
        await using (var gateway = await TestGateway.StartAsync(data, null, "Files:ReserveBytes=0"))
        {
            file = await gateway.UploadAsync("kept.csv", "a,b");
            threads.Add(await ThreadAsync(gateway));
            Fill(filler);

            // A file, and a row: both are refused in words, and nothing that was acknowledged is lost.
            var error = (await gateway.SendAsync(HttpMethod.Post, "/v1/files", Form(MiB), 507))["error"]!;
            ((string?)error["code"]).ShouldBe("insufficient_storage");
            ((string?)error["type"]).ShouldBe("server_error");
            ((string?)error["message"])!.ShouldStartWith("The disk that holds the data directory is full");
            await UntilRefusedAsync(gateway, threads);
            (await gateway.Client.GetStringAsync($"/v1/files/{file}/content")).ShouldBe("a,b");
            using (var ready = await gateway.Client.GetAsync("/livez"))
            {
                ready.StatusCode.ShouldBe(HttpStatusCode.OK);
            }

            File.Delete(filler);
            threads.Add(await ThreadAsync(gateway));
            await gateway.SendAsync(HttpMethod.Post, "/v1/files", Form(MiB), 200);
            await CheckAsync(gateway, threads, file);
        }

        await using var next = await TestGateway.StartAsync(data);
        await CheckAsync(next, threads, file);
    }

    [Fact]
    public async Task Files_leave_room_for_everything_else()
    {
        Assert.SkipUnless(_mounted, "A small disk cannot be mounted here.");
        await using var gateway = await TestGateway.StartAsync(Path.Combine(_disk, "data"));
        var kept = await gateway.UploadAsync("a.csv", "a,b");
        for (var uploads = 0; ; uploads++)
        {
            using var form = Form(MiB);
            using var response = await gateway.Client.PostAsync("/v1/files", form);
            if (response.StatusCode == HttpStatusCode.InsufficientStorage)
            {
                break;
            }
            response.StatusCode.ShouldBe(HttpStatusCode.OK);
            uploads.ShouldBeLessThan(40);
        }

        // Threads are made, and files deleted, on a disk that is full of files.
        for (var i = 0; i < 20; i++)
        {
            await ThreadAsync(gateway);
        }
        var list = (await gateway.GetAsync("/v1/files?limit=2"))["data"]!.AsArray();
        foreach (var file in list)
        {
            await gateway.DeleteAsync($"/v1/files/{file!["id"]}");
        }
        await gateway.SendAsync(HttpMethod.Post, "/v1/files", Form(MiB), 200);
        (await gateway.Client.GetStringAsync($"/v1/files/{kept}/content")).ShouldBe("a,b");
    }

    private static MultipartFormDataContent Form(int bytes) =>
        new()
        {
            { new StringContent("assistants"), "purpose" },
            { new ByteArrayContent(new byte[bytes]), "file", "a" },
        };

    private static async Task<string> ThreadAsync(TestGateway gateway) =>
        (string)(await gateway.PostAsync("/v1/threads", "{}"))["id"]!;

    /// <summary>Makes threads until the store has no room for another; what it acknowledged is remembered.</summary>
    private static async Task UntilRefusedAsync(TestGateway gateway, List<string> threads)
    {
        var body = new JsonObject { ["metadata"] = new JsonObject { ["a"] = new string('x', 500) } }.ToJsonString();
        for (var attempt = 0; attempt < 20_000; attempt++)
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var response = await gateway.Client.PostAsync("/v1/threads", content);
            var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync())!;
            if (response.StatusCode != HttpStatusCode.OK)
            {
                response.StatusCode.ShouldBe(HttpStatusCode.InsufficientStorage, answer.ToJsonString());
                ((string?)answer["error"]!["code"]).ShouldBe("insufficient_storage");
                response.Headers.GetValues("x-should-retry").ShouldBe(["false"]);
                return;
            }
            threads.Add((string)answer["id"]!);
        }
        throw new InvalidOperationException("The store was never full.");
    }

    private static async Task CheckAsync(TestGateway gateway, List<string> threads, string file)
    {
        foreach (var thread in threads)
        {
            await gateway.GetAsync($"/v1/threads/{thread}");
        }
        (await gateway.Client.GetStringAsync($"/v1/files/{file}/content")).ShouldBe("a,b");
    }

    private static void Fill(string path)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, 0);
        for (var size = MiB; size > 0; size /= 16)
        {
            try
            {
                while (true)
                {
                    file.Write(new byte[size]);
                }
            }
            catch (IOException)
            {
                // No room for as much: smaller pieces, to the last byte.
            }
        }
    }

    private static bool Run(string program, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(
                new ProcessStartInfo(program, arguments) { RedirectStandardError = true, UseShellExecute = false }
            )!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
