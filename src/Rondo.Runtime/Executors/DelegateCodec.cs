namespace Rondo.Runtime.Executors;

/// <summary>A delegate as an argument goes as the method it calls, under the same rules as work.</summary>
internal sealed class DelegateCodec<T> : ValueCodec<T?>
    where T : Delegate
{
    public override void Write(FrameWriter writer, T? value)
    {
        writer.WriteByte(value is null ? (byte)0 : (byte)1);
        if (value is not null)
        {
            writer.WriteBytes(ShippedMethod.Of(value).Definition);
        }
    }

    public override T? Read(ref FrameReader reader) =>
        reader.ReadByte() == 0 ? null : (T)MethodDefinition.Read(ref reader).ToDelegate();
}
