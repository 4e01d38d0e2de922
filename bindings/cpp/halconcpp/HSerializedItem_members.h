// Members of HSerializedItem beside the operators: included inside the class.
  /// Writes a header of 16 bytes (kStreamMark and the size, little-endian) and the item.
  void Serialize(std::ostream& stream) const;
  /// Becomes the item that Serialize() wrote; 9580: the stream holds something else, 9581: it ends too early.
  void Deserialize(std::istream& stream);
