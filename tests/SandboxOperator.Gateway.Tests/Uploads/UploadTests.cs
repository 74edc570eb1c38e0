using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Time.Testing;
using SandboxOperator.Gateway.Tests.Hosting;

namespace SandboxOperator.Gateway.Tests.Uploads;

public sealed class UploadTests(GatewayFixture fixture) : IClassFixture<GatewayFixture>
{
    private TestGateway Gateway => fixture.Gateway;

    [Fact]
    public async Task Parts_sent_in_parallel_become_one_file_in_the_order_asked_for()
    {
        var parts = Enumerable.Range(0, 5).Select(i => RandomNumberGenerator.GetBytes(100_000 + i)).ToArray();
        byte[] whole = [.. parts.SelectMany(part => part)];
        var upload = await CreateAsync(whole.Length);
        ((string?)upload["status"]).ShouldBe("pending");
        upload.ContainsKey("file").ShouldBeTrue();

        var ids = await Task.WhenAll(parts.Select(part => PartAsync(Gateway, upload, part)));
        var unused = await PartAsync(Gateway, upload, [1, 2, 3]);
#pragma warning disable CA5351
        var md5 = Convert.ToHexString(MD5.HashData(whole));
#pragma warning restore CA5351
        var completed = await Gateway.PostAsync(Of(upload, "complete"), Body(ids, md5));

        ((string?)completed["status"]).ShouldBe("completed");
        var file = completed["file"]!.AsObject();
        ((long?)file["bytes"]).ShouldBe(whole.Length);
        ((string?)file["filename"]).ShouldBe("big.bin");
        (await Gateway.Client.GetByteArrayAsync($"/v1/files/{file["id"]}/content")).ShouldBe(whole);
        unused.ShouldNotBeNull();
        await Gateway.PostAsync(Of(upload, "complete"), Body(ids), 400);
        await Gateway.PostAsync(Of(upload, "cancel"), null, 400);
        await Gateway.DeleteAsync($"/v1/files/{file["id"]}");
        await Gateway.GetAsync($"/v1/files/{file["id"]}/content", 404);
    }

    [Fact]
    public async Task What_does_not_add_up_is_refused_and_the_upload_stays_pending()
    {
        var upload = await CreateAsync(6);
        var a = await PartAsync(Gateway, upload, [1, 2, 3]);
        var b = await PartAsync(Gateway, upload, [4, 5, 6]);
        var path = Of(upload, "complete");

        await Gateway.RefusedAsync(path, Body([a]), "part_ids", "invalid_value");
        await Gateway.RefusedAsync(path, Body([a, a]), "part_ids", "invalid_value");
        await Gateway.RefusedAsync(path, Body([a, "part_x"]), "part_ids", "invalid_value");
        await Gateway.RefusedAsync(path, Body([]), "part_ids", "array_below_min_length");
        await Gateway.RefusedAsync(path, "{}", "part_ids", "missing_required_parameter");
        await Gateway.RefusedAsync(path, Body([a, b], "00"), "md5", "invalid_value");
        ((string?)(await Gateway.PostAsync(path, Body([b, a])))["status"]).ShouldBe("completed");
    }

    [Fact]
    public async Task A_cancelled_upload_takes_no_parts_and_keeps_none()
    {
        await using var gateway = await TestGateway.StartAsync();
        var upload = await CreateAsync(3, gateway);
        await PartAsync(gateway, upload, [1, 2, 3]);

        ((string?)(await gateway.PostAsync(Of(upload, "cancel")))["status"]).ShouldBe("cancelled");

        using var form = Part([1]);
        await gateway.SendAsync(HttpMethod.Post, Of(upload, "parts"), form, 400);
        Directory.GetFiles(Path.Combine(gateway.Data, "blobs"), "*", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public async Task An_upload_that_takes_too_long_expires()
    {
        var time = new FakeTimeProvider(DateTimeOffset.UnixEpoch.AddYears(56));
        await using var gateway = await TestGateway.StartAsync(configure: builder =>
            builder.Services.Replace(ServiceDescriptor.Singleton<TimeProvider>(time))
        );
        var upload = await CreateAsync(3, gateway);
        ((long)upload["expires_at"]! - (long)upload["created_at"]!).ShouldBe(3600);
        var part = await PartAsync(gateway, upload, [1, 2, 3]);

        time.Advance(TimeSpan.FromHours(1));

        var error = (await gateway.PostAsync(Of(upload, "complete"), Body([part]), 400))["error"]!;
        ((string)error["message"]!).ShouldContain("expired");
        await WaitFor.TrueAsync(() =>
            Directory.GetFiles(Path.Combine(gateway.Data, "blobs"), "*", SearchOption.AllDirectories).Length == 0
        );
    }

    [Fact]
    public async Task Limits_hold()
    {
        await using var gateway = await TestGateway.StartAsync(
            null,
            null,
            "Files:MaxPartBytes=1000",
            "Files:MaxUploadBytes=2000"
        );
        var upload = await CreateAsync(2000, gateway);
        using var form = Part(new byte[1001]);
        await gateway.SendAsync(HttpMethod.Post, Of(upload, "parts"), form, 413);
        using var empty = Part([]);
        await gateway.SendAsync(HttpMethod.Post, Of(upload, "parts"), empty, 400);
        await gateway.RefusedAsync("/v1/uploads", New(2001), "bytes", "integer_above_max_value");
        await gateway.RefusedAsync("/v1/uploads", New(0), "bytes", "integer_below_min_value");
        for (var i = 0; i < 5; i++)
        {
            await PartAsync(gateway, upload, new byte[1000]);
        }
        using var more = Part(new byte[1000]);
        await gateway.SendAsync(HttpMethod.Post, Of(upload, "parts"), more, 400);
    }

    private Task<JsonObject> CreateAsync(long bytes, TestGateway? gateway = null) =>
        (gateway ?? Gateway).PostAsync("/v1/uploads", New(bytes));

    private static string New(long bytes) =>
        $$"""{"filename":"big.bin","purpose":"assistants","bytes":{{bytes}},"mime_type":"application/octet-stream"}""";

    private static string Of(JsonObject upload, string action) => $"/v1/uploads/{upload["id"]}/{action}";

    private static string Body(string[] ids, string? md5 = null) =>
        new JsonObject
        {
            ["part_ids"] = new JsonArray([.. ids.Select(id => (JsonNode)id)]),
            ["md5"] = md5,
        }.ToJsonString();

    private static MultipartFormDataContent Part(byte[] bytes) =>
        new() { { new ByteArrayContent(bytes), "data", "blob" } };

    private static async Task<string> PartAsync(TestGateway gateway, JsonObject upload, byte[] bytes)
    {
        using var form = Part(bytes);
        var part = await gateway.SendAsync(HttpMethod.Post, Of(upload, "parts"), form, 200);
        ((string?)part["object"]).ShouldBe("upload.part");
        return (string)part["id"]!;
    }
}
