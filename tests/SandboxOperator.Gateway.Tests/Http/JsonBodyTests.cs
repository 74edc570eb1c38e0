using System.Buffers;
using System.IO.Pipelines;
using System.Text;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using SandboxOperator.Gateway.Http;
using Shouldly;

namespace SandboxOperator.Gateway.Tests.Http;

public sealed class JsonBodyTests
{
    /// <summary>The server gives the memory of a body that was read to the next request, of another caller.</summary>
    [Theory]
    [InlineData(10)]
    [InlineData(10_000)]
    public async Task A_body_stays_what_it_was_when_its_memory_is_used_again(int length)
    {
        var text = new string('x', length);
        using var memory = new UsedAgainPool();
        var pipe = new Pipe(new PipeOptions(memory, pauseWriterThreshold: 0));
        await pipe.Writer.WriteAsync(Encoding.UTF8.GetBytes($$"""{"name":"{{text}}"}"""), CancellationToken.None);
        await pipe.Writer.CompleteAsync();
        var context = new DefaultHttpContext();
        context.Features.Set<IRequestBodyPipeFeature>(new BodyPipe(pipe.Reader));

        var body = await JsonBody.BindAsync(context);

        memory.Returned.ShouldBePositive("otherwise this test shows nothing");
        body.Root.String("name").ShouldBe(text);
    }

    private sealed record BodyPipe(PipeReader Reader) : IRequestBodyPipeFeature;

    /// <summary>Writes over memory that is given back.</summary>
    private sealed class UsedAgainPool : MemoryPool<byte>
    {
        public int Returned { get; private set; }

        public override int MaxBufferSize => 4096;

        public override IMemoryOwner<byte> Rent(int minBufferSize = -1) => new Block(this);

        protected override void Dispose(bool disposing) { }

        private sealed class Block(UsedAgainPool pool) : IMemoryOwner<byte>
        {
            private readonly byte[] _bytes = new byte[4096];

            public Memory<byte> Memory => _bytes;

            public void Dispose()
            {
                _bytes.AsSpan().Fill((byte)'?');
                pool.Returned++;
            }
        }
    }
}
