using System.Net;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;
using SandboxOperator.Gateway.Blobs;
using SandboxOperator.Gateway.Files;
using SandboxOperator.Gateway.Tests.Hosting;

namespace SandboxOperator.Gateway.Tests.Files;

public sealed class FileTests
{
    [Fact]
    public async Task A_file_is_listed_downloaded_and_deleted_with_its_contents()
    {
        await using var gateway = await TestGateway.StartAsync();
        var id = await gateway.UploadAsync("data.csv", "a,b\n1,2\n");
        await gateway.UploadAsync("photo.png", "png", "vision");

        var file = await gateway.GetAsync($"/v1/files/{id}");
        id.ShouldMatch("^file-[0-9A-Za-z]{22}$");
        file.Select(pair => pair.Key)
            .ShouldBe([
                "object",
                "id",
                "purpose",
                "filename",
                "bytes",
                "created_at",
                "expires_at",
                "status",
                "status_details",
            ]);
        (await gateway.GetAsync("/v1/files?purpose=assistants"))["data"]!.AsArray().Count.ShouldBe(1);
        (await gateway.GetAsync("/v1/files"))["data"]!.AsArray().Count.ShouldBe(2);

        using var content = await gateway.Client.GetAsync($"/v1/files/{id}/content");
        (await content.Content.ReadAsStringAsync()).ShouldBe("a,b\n1,2\n");
        content.Content.Headers.ContentType!.MediaType.ShouldBe("application/octet-stream");
        content.Content.Headers.ContentLength.ShouldBe(8);
        content.Content.Headers.ContentDisposition!.DispositionType.ShouldBe("attachment");
        content.Headers.GetValues("X-Content-Type-Options").ShouldBe(["nosniff"]);

        (await gateway.DeleteAsync($"/v1/files/{id}"))
            .ToJsonString()
            .ShouldBe($$"""{"id":"{{id}}","object":"file","deleted":true}""");
        var error = (await gateway.GetAsync($"/v1/files/{id}/content", 404))["error"]!;
        ((string?)error["message"]).ShouldBe($"No such File object: {id}");
        ((string?)error["param"]).ShouldBe("id");
        Blobs(gateway).Length.ShouldBe(1);
    }

    [Fact]
    public async Task Purposes_that_cannot_be_uploaded_are_named()
    {
        await using var gateway = await TestGateway.StartAsync();
        using var form = new MultipartFormDataContent
        {
            { new StringContent("world_domination"), "purpose" },
            { new ByteArrayContent([1]), "file", "a" },
        };
        var error = (await gateway.SendAsync(HttpMethod.Post, "/v1/files", form, 400))["error"]!;
        ((string?)error["message"]).ShouldBe(
            "'world_domination' is not one of ['fine-tune', 'assistants', 'batch', 'user_data', 'vision', 'evals'] - 'purpose'"
        );
        ((string?)error["param"]).ShouldBe("purpose");
        Blobs(gateway).ShouldBeEmpty();
        await gateway.GetAsync("/v1/files?purpose=nonsense", 400);
    }

    [Fact]
    public async Task A_file_that_would_take_the_last_of_the_disk_is_507_until_there_is_room()
    {
        var space = new ScriptedFreeSpace { Free = 150 };
        await using var gateway = await TestGateway.StartAsync(configure: builder =>
            builder.Services.AddSingleton<FreeSpace>(space)
        );
        (await UploadBytesAsync(gateway, 50)).ShouldBe(HttpStatusCode.OK);
        using var form = new MultipartFormDataContent
        {
            { new StringContent("assistants"), "purpose" },
            { new ByteArrayContent(new byte[51]), "file", "a" },
        };

        var error = (await gateway.SendAsync(HttpMethod.Post, "/v1/files", form, 507))["error"]!;

        ((string?)error["code"]).ShouldBe("insufficient_storage");
        ((string?)error["message"]).ShouldBe(
            "The disk that holds the data directory is full: 150 bytes are free, of which 100 are kept in reserve (Files:ReserveBytes). Delete files, or make room on the disk."
        );
        Blobs(gateway).Length.ShouldBe(1);
        space.Free = 151;
        (await UploadBytesAsync(gateway, 51)).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task A_file_over_the_limit_is_413_and_leaves_nothing()
    {
        await using var gateway = await TestGateway.StartAsync(null, null, "Files:MaxBytes=1000");
        (await UploadBytesAsync(gateway, 1000)).ShouldBe(HttpStatusCode.OK);
        (await UploadBytesAsync(gateway, 1001)).ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        (await UploadBytesAsync(gateway, 5_000_000)).ShouldBe(HttpStatusCode.RequestEntityTooLarge);
        Blobs(gateway).Length.ShouldBe(1);
    }

    [Fact]
    public async Task A_project_over_its_limit_is_told_the_setting()
    {
        await using var gateway = await TestGateway.StartAsync(null, null, "Files:ProjectBytes=1500");
        (await UploadBytesAsync(gateway, 1000)).ShouldBe(HttpStatusCode.OK);
        (await UploadBytesAsync(gateway, 600)).ShouldBe(HttpStatusCode.BadRequest);
        Blobs(gateway).Length.ShouldBe(1);
        (await UploadBytesAsync(gateway, 500)).ShouldBe(HttpStatusCode.OK);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_file_is_gone_when_its_time_is_over(bool bracketed)
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        await using var gateway = await TestGateway.StartAsync(configure: builder =>
            builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(time))
        );
        using var form = new MultipartFormDataContent
        {
            { new StringContent("assistants"), "purpose" },
            { new ByteArrayContent([1]), "file", "a" },
        };
        if (bracketed)
        {
            form.Add(new StringContent("created_at"), "expires_after[anchor]");
            form.Add(new StringContent("3600"), "expires_after[seconds]");
        }
        else
        {
            form.Add(new StringContent("""{"anchor":"created_at","seconds":3600}"""), "expires_after");
        }
        var file = await gateway.SendAsync(HttpMethod.Post, "/v1/files", form, 200);
        ((long)file["expires_at"]! - (long)file["created_at"]!).ShouldBe(3600);

        time.Advance(TimeSpan.FromSeconds(3601));

        await gateway.GetAsync($"/v1/files/{file["id"]}", 404);
        (await gateway.GetAsync("/v1/files"))["data"]!.AsArray().ShouldBeEmpty();
        await WaitFor.TrueAsync(() => Blobs(gateway).Length == 0);
    }

    [Theory]
    [InlineData("""{"anchor":"created_at","seconds":60}""", "expires_after.seconds")]
    [InlineData("""{"anchor":"last_use","seconds":3600}""", "expires_after.anchor")]
    [InlineData("""{"anchor":"created_at"}""", "expires_after.seconds")]
    [InlineData("""soon""", "expires_after")]
    public async Task A_bad_expiry_is_named(string expiry, string param)
    {
        await using var gateway = await TestGateway.StartAsync();
        using var form = new MultipartFormDataContent
        {
            { new ByteArrayContent([1]), "file", "a" },
            { new StringContent("assistants"), "purpose" },
            { new StringContent(expiry), "expires_after" },
        };
        var error = (await gateway.SendAsync(HttpMethod.Post, "/v1/files", form, 400))["error"]!;
        ((string?)error["param"]).ShouldBe(param);
        Blobs(gateway).ShouldBeEmpty();
    }

    [Fact]
    public async Task The_service_makes_files_of_streams_for_the_code_interpreter()
    {
        await using var gateway = await TestGateway.StartAsync();
        var files = gateway.Services.GetRequiredService<FileService>();
        var file = await files.CreateAsync(
            "default",
            "/mnt/data/plot \"1\".html",
            FilePurposes.AssistantsOutput,
            new MemoryStream("<script>"u8.ToArray()),
            null,
            CancellationToken.None
        );

        using var response = await gateway.Client.GetAsync($"/v1/files/{file.Id}/content");
        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/octet-stream");
        response
            .Content.Headers.GetValues("Content-Disposition")
            .Single()
            .ShouldContain("filename*=UTF-8''plot%20%221%22.html");
        (await files.FindAsync("other", file.Id, CancellationToken.None)).ShouldBeNull();
        await using var content = files.OpenRead(file);
        content.Length.ShouldBe(8);
    }

    [Fact]
    public async Task Blobs_without_a_row_are_deleted_at_the_next_start_and_others_are_not()
    {
        var data = Directory.CreateTempSubdirectory("gateway-").FullName;
        string id;
        await using (var gateway = await TestGateway.StartAsync(data))
        {
            id = await gateway.UploadAsync("a", "kept");
        }
        var orphan = Path.Combine(data, "blobs", "ab", "ab" + new string('0', 30));
        await File.WriteAllTextAsync(orphan, "x");
        File.SetLastWriteTimeUtc(orphan, DateTime.UnixEpoch);
        await File.WriteAllTextAsync(Path.Combine(data, "blobs", "tmp", "cut"), "x");

        await using (var gateway = await TestGateway.StartAsync(data))
        {
            await WaitFor.TrueAsync(() => !File.Exists(orphan));
            File.Exists(Path.Combine(data, "blobs", "tmp", "cut")).ShouldBeFalse();
            (await gateway.Client.GetStringAsync($"/v1/files/{id}/content")).ShouldBe("kept");
        }
        Directory.Delete(data, recursive: true);
    }

    private static async Task<HttpStatusCode> UploadBytesAsync(TestGateway gateway, int bytes)
    {
        using var form = new MultipartFormDataContent
        {
            { new StringContent("assistants"), "purpose" },
            { new ByteArrayContent(new byte[bytes]), "file", "a.bin" },
        };
        // A client that waits to be told to go on does not send what is refused.
        using var request = new HttpRequestMessage(HttpMethod.Post, "/v1/files") { Content = form };
        request.Headers.ExpectContinue = true;
        using var response = await gateway.Client.SendAsync(request);
        return response.StatusCode;
    }

    private static string[] Blobs(TestGateway gateway) =>
        Directory.GetFiles(Path.Combine(gateway.Data, "blobs"), "*", SearchOption.AllDirectories);
}
